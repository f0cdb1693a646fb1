// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clang's path diagnostics, joined with what the rules recorded of them.

#ifndef STRONGFENCE_FINDINGS_H
#define STRONGFENCE_FINDINGS_H

#include "Compat.h"
#include "model/Record.h"

namespace strongfence {

struct Finding {
  std::string Rule; ///< the key, without the package
  std::string Function;
  std::string Bus; ///< "usb" of a usb_driver; empty where it is not known
  FindingDetail Detail;
  Note Place; ///< its Message is the finding's
  Note End;   ///< of its path, where that is in another unit's code
  std::vector<Note> Notes;

  std::string json() const;
};

/// A consumer that fills \p Out; \p R may be null.
std::unique_ptr<clang::ento::PathDiagnosticConsumer>
collectFindings(std::vector<Finding> &Out, const Record *R);

} // namespace strongfence

#endif
