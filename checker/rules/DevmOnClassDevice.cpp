// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Compat.h"
void registerDevmOnClassDevice(clang::ento::CheckerManager &) {}
