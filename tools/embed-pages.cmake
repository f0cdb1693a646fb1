# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Writes FILES (Markdown pages) into OUTPUT as {"name", "text"}, C initialisers.
set(out "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n\"" text "${text}")
  string(APPEND out "{\"${name}\",\n\"${text}\"},\n")
endforeach()
file(WRITE ${OUTPUT} "${out}")
