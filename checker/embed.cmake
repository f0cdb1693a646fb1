# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Writes FILES into OUTPUT as {"name", "text"} pairs for a C++ initialiser.
set(out "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n\"" text "${text}")
  string(APPEND out "{\"${name}\",\n\"${text}\"},\n")
endforeach()
file(WRITE ${OUTPUT} "${out}")
