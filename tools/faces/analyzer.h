// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What stands in for clang under scan-build and tells how each file ended.

#ifndef STRONGFENCE_ANALYZER_H
#define STRONGFENCE_ANALYZER_H

// In its environment: the clang that it stands for, and the file to which it adds a line for each source,
// "STATUS<TAB>FINDINGS<TAB>SOURCE<TAB>REASON". The source is absolute; the reason is empty for status 0.
#define ANALYZER_CLANG "STRONGFENCE_SCAN_CLANG"
#define ANALYZER_LOG "STRONGFENCE_SCAN_LOG"

#endif
