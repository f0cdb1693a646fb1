// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Publications: the calls that let others into the driver, and the functions
// of the unit that are entered through each. A door is one of them; so are the
// slots that a subsystem calls, files of sysfs and interrupt handlers.

#ifndef STRONGFENCE_MODEL_PUBLICATIONS_H
#define STRONGFENCE_MODEL_PUBLICATIONS_H

#include "model/Births.h"

namespace strongfence {

struct Entry {
  const clang::FunctionDecl *Function;
  std::string Slot;
};

struct Publication {
  std::string Name; ///< "the misc device"
  const clang::CallExpr *Call;
  const clang::FunctionDecl *In;
  Identity Object = nullptr; ///< what is published; null when unknown
  Identity Result = nullptr; ///< what keeps the result of Call
  std::vector<std::string> Withdraw;
  unsigned WithdrawObject = 0;
  bool Managed = false;
  bool Interrupt = false;
  std::vector<Entry> Entries;

  /// True when \p Callee, given \p Given, takes it back. What is unknown on
  /// either side may be the same.
  bool isWithdrawnBy(llvm::StringRef Callee,
                     llvm::ArrayRef<Identity> Given) const;
};

/// Those that the unit's code shows, with entries; \p Births tell what local
/// variables stand for.
std::vector<Publication> findPublications(const Index &Unit,
                                          llvm::ArrayRef<Birth> Births,
                                          const Kernel &K,
                                          clang::ASTContext &Ctx);

} // namespace strongfence

#endif
