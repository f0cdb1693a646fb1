// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "facts/Facts.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace strongfence;

namespace {

json::Array strings(const std::vector<std::string> &In) {
  json::Array Out;
  for (const std::string &Each : In)
    Out.push_back(Each);
  return Out;
}

json::Object strings(const std::map<std::string, std::string> &In) {
  json::Object Out;
  for (const auto &[Key, Value] : In)
    Out[Key] = Value;
  return Out;
}

std::vector<std::string> readStrings(const json::Array *In) {
  std::vector<std::string> Out;
  if (In)
    for (const json::Value &Each : *In)
      if (auto Text = Each.getAsString())
        Out.push_back(Text->str());
  return Out;
}

std::map<std::string, std::string> readStrings(const json::Object *In) {
  std::map<std::string, std::string> Out;
  if (In)
    for (const auto &[Key, Value] : *In)
      if (auto Text = Value.getAsString())
        Out[Key.str()] = Text->str();
  return Out;
}

std::string get(const json::Object &O, StringRef Key) {
  return O.getString(Key).value_or("").str();
}

std::string replaced(StringRef Text, StringRef From, StringRef To) {
  std::string Out;
  for (size_t At; (At = Text.find(From)) != StringRef::npos;) {
    Out += Text.take_front(At);
    Out += To;
    Text = Text.drop_front(At + From.size());
  }
  return Out + Text.str();
}

/// Applies \p Change to all that may hold the unit's tag or file name, which
/// are written once: `$` stands for the one, `"@"` for the other.
void forEachText(UnitFacts &U, function_ref<std::string(StringRef)> Change) {
  auto map = [&](std::map<std::string, std::string> &In) {
    std::map<std::string, std::string> Out;
    for (const auto &[Key, Value] : In)
      Out[Change(Key)] = Change(Value);
    In = std::move(Out);
  };
  auto list = [&](std::vector<std::string> &In) {
    for (std::string &Each : In)
      Each = Change(Each);
  };
  for (FunctionFact &F : U.Functions) {
    F.Name = Change(F.Name);
    F.Text = Change(F.Text);
    list(F.Calls);
  }
  for (TableFact &T : U.Tables) {
    T.Name = Change(T.Name);
    T.Text = Change(T.Text);
    for (auto &[Slot, Function] : T.Slots)
      Function = Change(Function);
  }
  for (TeardownFact &T : U.Teardowns)
    T.Function = Change(T.Function);
  map(U.Variables);
  map(U.Prototypes);
  map(U.Lifetimes);
  list(U.Tags);
  std::map<std::string, RecordFact> Records;
  for (auto &[Tag, R] : U.Records) {
    for (auto &[Index, M] : R.Members) {
      M.Text = Change(M.Text);
      list(M.Needs);
    }
    Records[Change(Tag)] = std::move(R);
  }
  U.Records = std::move(Records);
}

json::Object toObject(const UnitFacts &Whole) {
  UnitFacts U = Whole;
  std::string Tag = "$" + UnitFacts::tag(U.File, U.Module);
  std::string Name = "\"" + U.Source + "\"";
  forEachText(U, [&](StringRef Text) {
    std::string Out = replaced(Text, Tag, "$");
    return U.Source.empty() ? Out : replaced(Out, Name, "\"@\"");
  });
  json::Array Functions, Tables, Teardowns;
  for (const FunctionFact &F : U.Functions) {
    json::Object O{{"name", F.Name}, {"calls", strings(F.Calls)}, {"text", F.Text}};
    if (F.External)
      O["external"] = true;
    if (F.Closes)
      O["closes"] = true;
    if (!F.Summary.empty())
      O["summary"] = F.Summary;
    Functions.push_back(std::move(O));
  }
  for (const TableFact &T : U.Tables) {
    json::Array Slots;
    for (const auto &[Slot, Function] : T.Slots)
      Slots.push_back(json::Array{Slot, Function});
    Tables.push_back(json::Object{{"name", T.Name},
                                  {"struct", T.Struct},
                                  {"slots", std::move(Slots)},
                                  {"text", T.Text}});
  }
  for (const TeardownFact &T : U.Teardowns)
    Teardowns.push_back(json::Object{{"function", T.Function},
                                     {"kind", T.Kind},
                                     {"hotplug", T.Hotplug},
                                     {"suppress_bind", T.SuppressBind},
                                     {"reaches", strings(T.Reaches)}});
  json::Object Records, Enums;
  for (const auto &[Tag, R] : U.Records) {
    json::Array Members;
    for (const auto &[Index, M] : R.Members)
      Members.push_back(json::Array{int64_t(Index), M.Text, strings(M.Needs)});
    json::Object O{{"members", std::move(Members)}};
    if (R.Typedef)
      O["typedef"] = true;
    if (R.Union)
      O["union"] = true;
    Records[Tag] = std::move(O);
  }
  for (const auto &[Tag, Values] : U.Enums)
    Enums[Tag] = strings(Values);
  json::Object O{{"file", U.File},
                 {"source", U.Source},
                 {"module", U.Module},
                 {"status", U.Status}};
  auto some = [&](StringRef Key, auto &&Value) {
    if (!Value.empty())
      O[Key] = std::move(Value);
  };
  if (U.Composite)
    O["composite"] = true;
  if (!U.Detail.empty())
    O["detail"] = U.Detail;
  if (!U.Digest.empty())
    O["digest"] = U.Digest;
  some("calls", strings(U.Calls));
  some("quiet", strings(U.Quiet));
  some("functions", std::move(Functions));
  some("tables", std::move(Tables));
  some("teardowns", std::move(Teardowns));
  some("records", std::move(Records));
  some("enums", std::move(Enums));
  some("variables", strings(U.Variables));
  some("prototypes", strings(U.Prototypes));
  some("tags", strings(U.Tags));
  some("fences", json::Array(U.Fences));
  some("doors", json::Array(U.Doors));
  some("slots", json::Array(U.Slots));
  some("lifetimes", strings(U.Lifetimes));
  return O;
}

template <typename F> void each(const json::Object &O, StringRef Key, F Do) {
  if (const json::Array *A = O.getArray(Key))
    for (const json::Value &V : *A)
      if (const json::Object *Item = V.getAsObject())
        Do(*Item);
}

void fromObject(const json::Object &O, UnitFacts &U) {
  U.File = get(O, "file");
  U.Source = get(O, "source");
  U.Module = get(O, "module");
  U.Status = get(O, "status");
  U.Detail = get(O, "detail");
  U.Digest = get(O, "digest");
  U.Composite = O.getBoolean("composite").value_or(false);
  each(O, "functions", [&](const json::Object &In) {
    FunctionFact F;
    F.Name = get(In, "name");
    F.External = In.getBoolean("external").value_or(false);
    F.Closes = In.getBoolean("closes").value_or(false);
    F.Summary = get(In, "summary");
    F.Calls = readStrings(In.getArray("calls"));
    F.Text = get(In, "text");
    U.Functions.push_back(std::move(F));
  });
  each(O, "tables", [&](const json::Object &In) {
    TableFact T;
    T.Name = get(In, "name");
    T.Struct = get(In, "struct");
    T.Text = get(In, "text");
    if (const json::Array *Slots = In.getArray("slots"))
      for (const json::Value &V : *Slots)
        if (const json::Array *Pair = V.getAsArray(); Pair && Pair->size() == 2)
          T.Slots.push_back({(*Pair)[0].getAsString().value_or("").str(),
                             (*Pair)[1].getAsString().value_or("").str()});
    U.Tables.push_back(std::move(T));
  });
  each(O, "teardowns", [&](const json::Object &In) {
    U.Teardowns.push_back({get(In, "function"), get(In, "kind"),
                           In.getBoolean("hotplug").value_or(false),
                           In.getBoolean("suppress_bind").value_or(false),
                           readStrings(In.getArray("reaches"))});
  });
  if (const json::Object *Records = O.getObject("records"))
    for (const auto &[Tag, Value] : *Records) {
      const json::Object *In = Value.getAsObject();
      if (!In)
        continue;
      RecordFact R;
      R.Typedef = In->getBoolean("typedef").value_or(false);
      R.Union = In->getBoolean("union").value_or(false);
      if (const json::Array *Members = In->getArray("members"))
        for (const json::Value &V : *Members)
          if (const json::Array *M = V.getAsArray(); M && M->size() == 3) {
            unsigned Index = (*M)[0].getAsInteger().value_or(0);
            R.Members[Index] = {Index,
                                (*M)[1].getAsString().value_or("").str(),
                                readStrings((*M)[2].getAsArray())};
          }
      U.Records[Tag.str()] = std::move(R);
    }
  if (const json::Object *Enums = O.getObject("enums"))
    for (const auto &[Tag, Value] : *Enums)
      U.Enums[Tag.str()] = readStrings(Value.getAsObject());
  U.Calls = readStrings(O.getArray("calls"));
  U.Quiet = readStrings(O.getArray("quiet"));
  U.Variables = readStrings(O.getObject("variables"));
  U.Prototypes = readStrings(O.getObject("prototypes"));
  U.Lifetimes = readStrings(O.getObject("lifetimes"));
  U.Tags = readStrings(O.getArray("tags"));
  auto copy = [&](StringRef Key, json::Array &To) {
    if (const json::Array *A = O.getArray(Key))
      To = *A;
  };
  copy("fences", U.Fences);
  copy("doors", U.Doors);
  copy("slots", U.Slots);
  std::string Tag = "$" + UnitFacts::tag(U.File, U.Module);
  std::string Name = "\"" + U.Source + "\"";
  forEachText(U, [&](StringRef Text) {
    return replaced(replaced(Text, "$", Tag), "\"@\"", Name);
  });
}

std::string print(json::Object O) {
  std::string Text;
  raw_string_ostream(Text) << json::Value(std::move(O)) << "\n";
  return Text;
}

/// The object of a file that says what it is.
const json::Object *open(Expected<json::Value> &Value, StringRef Kind,
                         std::string &Error) {
  if (!Value) {
    Error = "truncated or no JSON: " + toString(Value.takeError());
    std::replace(Error.begin(), Error.end(), '\n', ' ');
    return nullptr;
  }
  const json::Object *O = Value->getAsObject();
  if (!O || O->getString("strongfence") != Kind) {
    Error = ("not a file of " + Kind).str();
    return nullptr;
  }
  if (O->getInteger("version") != FactsVersion) {
    Error = "version " + std::to_string(O->getInteger("version").value_or(0)) +
            ", this program reads version " + std::to_string(FactsVersion);
    return nullptr;
  }
  return O;
}

} // namespace

Expected<json::Value> strongfence::parseJson(StringRef Text) {
  constexpr unsigned Deepest = 200;
  unsigned Depth = 0;
  bool Quoted = false;
  for (size_t I = 0; I < Text.size(); ++I) {
    char C = Text[I];
    if (C == '"')
      Quoted = !Quoted;
    else if (Quoted)
      I += C == '\\';
    else if (C == '[' || C == '{')
      ++Depth;
    else if ((C == ']' || C == '}') && Depth)
      --Depth;
    if (Depth > Deepest)
      return createStringError(inconvertibleErrorCode(), "nested too deep");
  }
  return json::parse(Text);
}

bool strongfence::isLockHelper(llvm::StringRef Summary) {
  return Summary == "conditional-acquire" || Summary == "acquire" ||
         Summary == "release" || Summary == "hand-over";
}

std::string UnitFacts::tag(StringRef File, StringRef Module) {
  return utohexstr(xxh3_64bits((File + "\n" + Module).str()) & 0xffffffff,
                   /*LowerCase=*/true, 8);
}

std::string UnitFacts::json() const {
  json::Object O = toObject(*this);
  O["strongfence"] = "facts";
  O["version"] = FactsVersion;
  return print(std::move(O));
}

bool UnitFacts::parse(StringRef Text, UnitFacts &Out, std::string &Error) {
  auto Value = parseJson(Text);
  const json::Object *O = open(Value, "facts", Error);
  if (O)
    fromObject(*O, Out);
  return O;
}

std::string UnitFacts::hash() const {
  UnitFacts Said = *this;
  Said.Digest.clear();
  return utohexstr(xxh3_64bits(print(toObject(Said))), /*LowerCase=*/true);
}

std::string Projection::json() const {
  json::Array Out;
  for (const Part &P : Parts) {
    json::Object O{{"facts", P.Facts}, {"file", P.File}, {"hash", P.Hash}};
    if (!P.Functions.empty())
      O["functions"] = strings(P.Functions);
    Out.push_back(std::move(O));
  }
  return print(json::Object{{"strongfence", "import"},
                            {"version", FactsVersion},
                            {"missing", strings(Missing)},
                            {"parts", std::move(Out)}});
}

bool Projection::parse(StringRef Text, Projection &Out, std::string &Error) {
  auto Value = parseJson(Text);
  const json::Object *O = open(Value, "import", Error);
  if (!O)
    return false;
  Out.Missing = readStrings(O->getArray("missing"));
  each(*O, "parts", [&](const json::Object &In) {
    Out.Parts.push_back({get(In, "facts"), get(In, "file"), get(In, "hash"),
                         readStrings(In.getArray("functions"))});
  });
  return true;
}

std::vector<UnitFacts> Projection::read(StringRef Folder) {
  std::vector<UnitFacts> Out;
  for (const Part &P : Parts) {
    SmallString<256> Path(P.Facts);
    if (!sys::path::is_absolute(Path)) {
      Path = Folder;
      sys::path::append(Path, P.Facts);
    }
    UnitFacts U;
    std::string Error;
    auto Buffer = MemoryBuffer::getFile(Path);
    if (!Buffer)
      Error = Buffer.getError().message();
    else if (UnitFacts::parse((*Buffer)->getBuffer(), U, Error) &&
             U.Status != "ok")
      Error = U.Status + ": " + U.Detail;
    if (!Error.empty()) {
      Missing.push_back(P.File + ": " + Error);
      continue;
    }
    if (!P.Functions.empty()) {
      StringSet<> Wanted;
      Wanted.insert(P.Functions.begin(), P.Functions.end());
      erase_if(U.Functions, [&](const FunctionFact &F) {
        return !Wanted.contains(F.Name);
      });
      erase_if(U.Tables, [&](const TableFact &T) {
        return !Wanted.contains(T.Name);
      });
    }
    Out.push_back(std::move(U));
  }
  return Out;
}

bool strongfence::writeIfChanged(const std::string &Path, StringRef Text,
                                 std::string &Error, bool *Changed) {
  if (Changed)
    *Changed = false;
  if (auto Old = MemoryBuffer::getFile(Path))
    if ((*Old)->getBuffer() == Text)
      return true;
  // A job that its cluster believes lost may still be writing the same file.
  SmallString<256> Temporary;
  int Descriptor = -1;
  std::error_code Code =
      sys::fs::createUniqueFile(Path + ".%%%%%%%%.tmp", Descriptor, Temporary);
  if (!Code) {
    raw_fd_ostream Out(Descriptor, /*shouldClose=*/true);
    Out << Text;
    Out.close();
    Code = Out.error();
    Out.clear_error();
  }
  if (!Code)
    Code = sys::fs::rename(Temporary, Path);
  if (!Code) {
    if (Changed)
      *Changed = true;
    return true;
  }
  Error = Path + ": " + Code.message();
  if (!Temporary.empty())
    sys::fs::remove(Temporary);
  return false;
}
