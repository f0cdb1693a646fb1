# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Debian packages: `cpack -G DEB` in the build folder. `strongfence` has the command and what was built for the first LLVM;
# each further LLVM is a package by itself, since not every machine has it.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME strongfence)
set(CPACK_PACKAGE_VENDOR strongfence)
set(CPACK_PACKAGE_CONTACT "Strongfence maintainers <strongfence@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/packages-gzip.cmake)

set(CPACK_COMPONENTS_ALL strongfence)
set(first TRUE)
foreach(version ${STRONGFENCE_LLVM})
  # clang refuses a plugin of another version, and so does the command.
  execute_process(COMMAND ${STRONGFENCE_LLVM_CONFIG_${version}} --version OUTPUT_VARIABLE exact
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "^([0-9]+\\.[0-9]+)\\.([0-9]+).*" "\\1;\\2" parts "${exact}")
  list(GET parts 0 minor)
  list(GET parts 1 patch)
  math(EXPR next "${patch} + 1")
  set(clang "clang-${version} (>= 1:${minor}.${patch}), clang-${version} (<< 1:${minor}.${next}~)")
  list(APPEND CPACK_COMPONENTS_ALL llvm${version})
  string(TOUPPER llvm${version} name)
  if(first)
    # One package of two components.
    set(CPACK_COMPONENT_STRONGFENCE_GROUP command)
    set(CPACK_COMPONENT_${name}_GROUP command)
    set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME strongfence)
    set(CPACK_DEBIAN_COMMAND_DESCRIPTION
        "finds teardown bugs in Linux kernel drivers
A device can go while files are open on it. Strongfence infers from a
driver's teardown which fence keeps operations out, and reports those
that do not pass it. It runs checkers for the Clang Static Analyzer, or
semantic patches, on kernel trees; nothing is annotated or compiled.")
    set(CPACK_DEBIAN_COMMAND_PACKAGE_DEPENDS "${clang}, ninja-build, make")
    set(CPACK_DEBIAN_COMMAND_PACKAGE_RECOMMENDS
        "git, flex, bison, bc, lld-${version}, llvm-${version}, libelf-dev, libssl-dev")
    set(CPACK_DEBIAN_COMMAND_PACKAGE_SUGGESTS
        "coccinelle, libpython3-dev, clang-tools-${version}, bash-completion")
    set(first FALSE)
  else()
    set(CPACK_COMPONENT_${name}_GROUP llvm${version})
    set(CPACK_DEBIAN_${name}_PACKAGE_NAME strongfence-llvm${version})
    set(CPACK_DEBIAN_${name}_DESCRIPTION
        "strongfence for LLVM ${version}
The plugin and the unit program of strongfence that --llvm ${version} runs.")
    set(CPACK_DEBIAN_${name}_PACKAGE_DEPENDS "strongfence (= ${PROJECT_VERSION}), ${clang}")
  endif()
endforeach()
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
include(CPack)
