// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Facts: what a unit says to the other units of its module, and a projection:
// what one unit reads of the others. Both are JSON of one version; the text of
// a file says which (docs/architecture.md).

#ifndef STRONGFENCE_FACTS_FACTS_H
#define STRONGFENCE_FACTS_FACTS_H

#include "llvm/Support/JSON.h"
#include <map>
#include <string>
#include <vector>

namespace strongfence {

constexpr int FactsVersion = 1;

/// json::parse() recurses for each bracket: a damaged text that is nothing but
/// brackets would end the program. Files of ours are nested less than ten deep.
llvm::Expected<llvm::json::Value> parseJson(llvm::StringRef Text);

/// A function that another unit may have to see the inside of.
struct FunctionFact {
  std::string Name; ///< with the unit's tag when it is static
  bool External = false;
  bool Closes = false; ///< takes a node away, or waits for who is inside
  /// How it deals with locks, see Summaries.h; empty for others.
  std::string Summary;
  std::vector<std::string> Calls; ///< and functions that it hands on
  std::string Text;
};

/// Of a function's summary: it hands a lock in or out, and is useful wherever
/// the caller is.
bool isLockHelper(llvm::StringRef Summary);

/// A file-scope variable whose value names functions: an ops table, a driver.
struct TableFact {
  std::string Name, Struct;
  std::vector<std::pair<std::string, std::string>> Slots; ///< member, function
  std::string Text;
};

struct MemberFact {
  unsigned Index = 0; ///< in the record, which keeps members in order
  std::string Text;
  std::vector<std::string> Needs; ///< records that must be complete before
};

struct RecordFact {
  bool Typedef = false; ///< has a typedef and no tag
  bool Union = false;
  std::map<unsigned, MemberFact> Members; ///< those that are used
};

/// A teardown root, and the functions of other units that it reaches.
struct TeardownFact {
  std::string Function, Kind;
  bool Hotplug = false, SuppressBind = false;
  std::vector<std::string> Reaches;
};

struct UnitFacts {
  std::string File, Module, Status = "ok", Detail;
  std::string Source; ///< File as places name it
  std::string Digest; ///< of every source that was read
  bool Composite = false; ///< the module has other units
  std::vector<FunctionFact> Functions;
  std::vector<TableFact> Tables;
  std::vector<std::string> Calls; ///< functions of other units
  std::vector<std::string> Quiet; ///< external ones that say nothing of interest
  std::map<std::string, std::string> Variables;  ///< name, declaration
  std::map<std::string, std::string> Prototypes; ///< name, declaration
  std::map<std::string, RecordFact> Records;     ///< by tag(), Printer.h
  std::map<std::string, std::map<std::string, std::string>> Enums; ///< values
  std::vector<std::string> Tags; ///< records that are only named
  std::vector<TeardownFact> Teardowns;
  /// As in the unit's record (docs/architecture.md).
  llvm::json::Array Fences, Doors;
  /// Calls through members of ops tables, and what is held there.
  llvm::json::Array Slots;
  /// Structs that go with teardown, and how: "devres" or the function.
  std::map<std::string, std::string> Lifetimes;

  /// The tag of internal names, from File and Module.
  static std::string tag(llvm::StringRef File, llvm::StringRef Module);

  std::string json() const;
  /// Of all that another unit may import.
  std::string hash() const;
  /// False and \p Error when \p Text is no facts file of this version.
  static bool parse(llvm::StringRef Text, UnitFacts &Out, std::string &Error);
};

/// What one unit is given: which facts files to read, and what of them.
struct Projection {
  struct Part {
    std::string Facts; ///< the file, beside the projection
    std::string File;  ///< the unit's source
    std::string Hash;  ///< of what the facts say: it changes when they do
    std::vector<std::string> Functions; ///< and tables; empty: all
  };
  std::vector<Part> Parts;
  std::vector<std::string> Missing; ///< units that gave none, and why

  bool isEmpty() const { return Parts.empty() && Missing.empty(); }
  std::string json() const;
  static bool parse(llvm::StringRef Text, Projection &Out, std::string &Error);

  /// The facts of the parts; a file of \p Folder that cannot be read joins
  /// Missing.
  std::vector<UnitFacts> read(llvm::StringRef Folder);
};

/// Writes \p Text to \p Path by way of a file beside it; leaves a file that
/// already says the same alone. \p Changed (may be null) says which it was.
bool writeIfChanged(const std::string &Path, llvm::StringRef Text,
                    std::string &Error, bool *Changed = nullptr);

} // namespace strongfence

#endif
