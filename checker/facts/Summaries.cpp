// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "facts/Summaries.h"
#include "llvm/ADT/STLExtras.h"

using namespace strongfence;

std::string strongfence::summarise(const Story &Told) {
  llvm::SmallVector<Identity, 4> Taken;
  bool Releases = false, Tests = false, TestsHeld = false, Acquires = false;
  unsigned Returns = 0, Holding = 0;
  const Event *Last = nullptr;
  for (const Event &E : Told) {
    if (E.K == Event::Acquire || E.K == Event::TryGet) {
      Taken.push_back(E.What);
      Acquires = true;
    } else if (E.K == Event::Release) {
      auto It = llvm::find(Taken, E.What);
      if (It != Taken.end())
        Taken.erase(It);
      // Behind a label or in another arm the same lock is let go again.
      else if (!E.Unwinds && !E.Conditional && !Acquires)
        Releases = true;
    } else if (E.K == Event::Test) {
      Tests |= E.Exits;
      TestsHeld |= E.Exits && !E.Locks.empty();
    } else if (E.K == Event::Return && !E.Via) {
      ++Returns;
      Holding += !E.Locks.empty();
      Last = &E;
    }
  }
  bool Ends = !Taken.empty() && (!Last || !Last->Locks.empty() || Returns == 0);
  if (Returns && Holding && Holding < Returns)
    return "conditional-acquire";
  if (Ends || (Returns && Holding == Returns))
    return Releases ? "hand-over" : "acquire";
  if (Releases)
    return "release";
  if (Acquires && TestsHeld)
    return "transaction";
  if (!Acquires && Tests && Returns && Told.size() <= 8)
    return "predicate";
  return {};
}
