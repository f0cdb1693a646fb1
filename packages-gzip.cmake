# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Debian wants manual pages compressed; run by cpack before it makes its packages.
file(GLOB_RECURSE pages ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*/usr/share/man/*.1)
foreach(page ${pages})
  execute_process(COMMAND gzip -9n ${page} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
