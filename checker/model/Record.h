// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the analysis of one unit hands to strongfence-unit beside clang's own
// diagnostics. The plugin face keeps no record: the pointer is null there.

#ifndef STRONGFENCE_MODEL_RECORD_H
#define STRONGFENCE_MODEL_RECORD_H

#include "model/UnitModel.h"
#include <map>

namespace strongfence {

/// A place in the story of a finding.
struct Note {
  std::string File;
  unsigned Line = 0;
  unsigned Column = 0;
  std::string Message;
  bool Unbind = false; ///< teardown's side, else the operation's
};

/// What a rule knows of its finding and clang's report has no room for.
struct FindingDetail {
  std::string Severity; ///< high, medium, low, info
  std::string Function; ///< to blame, where that is not the one of the place
  std::string Door;
  std::string Slot;
  std::string Table;
  std::string Struct;
  std::string Teardown;
  std::string Step;        ///< the finding as a step of its story
  bool InTeardown = false; ///< the finding stands on teardown's side
  /// For each note, whether it is teardown's; empty when all of them stand on
  /// the side that the finding does not.
  std::vector<bool> Unbinds;
  unsigned After = 0; ///< how many notes come after the finding in its story
};

struct Record {
  /// By checker name (without "alpha.") and message, which names the door and so is unique.
  std::map<std::pair<std::string, std::string>, FindingDetail> Details;
  std::vector<std::string> Lines; ///< JSON objects: fences and doors
  std::vector<std::string> BudgetStops;
  std::vector<std::string> NotReached;
  std::map<std::string, std::string> Buses; ///< by the name of a teardown root
  unsigned Doors = 0;
  unsigned Teardowns = 0;
  unsigned Explored = 0;

  /// Of the driver that the root belongs to; of the unit's only bus when
  /// \p Teardown is none of the roots; else empty.
  std::string busOf(const std::string &Teardown) const;
};

/// The record of the running analysis; null in the plugin.
Record *currentRecord();
void setCurrentRecord(Record *R);

/// A place as file, line and column: where macros are expanded, as the kernel's
/// readers see it.
Note noteAt(clang::SourceLocation Loc, const clang::SourceManager &SM,
            std::string Message);

/// Adds the fences and doors of \p Model. \p Verdicts gives each explored
/// door's verdict.
void recordModel(Record &R, const UnitModel &Model,
                 const llvm::DenseMap<const clang::FunctionDecl *,
                                      std::string> &Verdicts,
                 const clang::SourceManager &SM);

} // namespace strongfence

#endif
