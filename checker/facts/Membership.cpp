// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "facts/Membership.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace strongfence;

Membership strongfence::membership(ArrayRef<std::string> Arguments,
                                   StringRef File) {
  Membership M;
  StringRef Base;
  bool Module = false;
  for (StringRef Each : Arguments) {
    Module |= Each == "-DMODULE";
    auto value = [&](StringRef Prefix) {
      StringRef Value = Each;
      return Value.consume_front(Prefix) ? Value.trim("\"") : StringRef();
    };
    if (StringRef V = value("-DKBUILD_MODNAME="); !V.empty())
      M.Module = V.str();
    if (StringRef V = value("-DKBUILD_BASENAME="); !V.empty())
      Base = V;
  }
  if (M.Module.empty())
    M.Module = File.str();
  else if (!Module)
    M.Module += ("@" + sys::path::parent_path(File)).str();
  M.Loadable = Module;
  M.Composite = !Base.empty() && !M.Module.empty() &&
                StringRef(M.Module).split('@').first != Base;
  return M;
}
