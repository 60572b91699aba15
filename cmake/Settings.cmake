# SPDX-License-Identifier: GPL-2.0-or-later
# What all our targets are compiled with: link meshcore_settings PRIVATE.
add_library(meshcore_settings INTERFACE)
target_include_directories(meshcore_settings INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(meshcore_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees overlaps where there are none (GCC bug 105651).
  target_compile_options(meshcore_settings INTERFACE -Wno-restrict)
endif()
target_compile_definitions(meshcore_settings INTERFACE MESHCORE_VERSION="${PROJECT_VERSION}")
if(MESHCORE_WERROR)
  target_compile_options(meshcore_settings INTERFACE -Werror)
endif()
if(MESHCORE_SANITIZE)
  target_compile_options(meshcore_settings INTERFACE
    -fsanitize=${MESHCORE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_link_options(meshcore_settings INTERFACE -fsanitize=${MESHCORE_SANITIZE})
endif()

# A library of ours: meshcore_library(core a.cpp b.cpp) makes meshcore_core, alias meshcore::core.
function(meshcore_library name)
  add_library(meshcore_${name} STATIC ${ARGN})
  add_library(meshcore::${name} ALIAS meshcore_${name})
  target_link_libraries(meshcore_${name} PUBLIC meshcore_settings)
endfunction()
