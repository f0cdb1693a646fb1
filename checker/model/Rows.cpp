// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Rows.h"
#include "Compat.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"

using namespace llvm;
using namespace strongfence;

namespace {

std::string textOf(yaml::Node *Node) {
  SmallString<64> Room;
  if (auto *Scalar = dyn_cast_or_null<yaml::ScalarNode>(Node))
    return Scalar->getValue(Room).str();
  return "";
}

json::Value valueOf(yaml::Node *Node) {
  if (auto *List = dyn_cast_or_null<yaml::SequenceNode>(Node)) {
    json::Array Values;
    for (yaml::Node &Each : *List)
      Values.push_back(valueOf(&Each));
    return Values;
  }
  if (auto *Map = dyn_cast_or_null<yaml::MappingNode>(Node)) {
    json::Object Members;
    for (yaml::KeyValueNode &Each : *Map) {
      // The parser reads on: the key before its value.
      std::string Key = textOf(Each.getKey());
      Members[Key] = valueOf(Each.getValue());
    }
    return Members;
  }
  return textOf(Node);
}

bool printText(StringRef Text, raw_ostream &Out) {
  SourceMgr Sources;
  yaml::Stream Stream(Text, Sources);
  for (yaml::Document &Document : Stream) {
    auto *Sections = dyn_cast_or_null<yaml::MappingNode>(Document.getRoot());
    if (!Sections)
      return false;
    for (yaml::KeyValueNode &Section : *Sections) {
      std::string Name = textOf(Section.getKey());
      auto *Rows = dyn_cast_or_null<yaml::SequenceNode>(Section.getValue());
      if (!Rows)
        return false;
      for (yaml::Node &Row : *Rows)
        Out << Name << "\t" << valueOf(&Row) << "\n";
    }
  }
  return !Stream.failed();
}

} // namespace

bool strongfence::printRows(ArrayRef<std::string> Extra, raw_ostream &Out,
                            std::string &Error) {
  for (const EmbeddedFile &File : embeddedKernelFiles())
    if (!printText(File.Text, Out)) {
      Error = (Twine(File.Name) + ": not a kernel model").str();
      return false;
    }
  for (const std::string &Path : Extra) {
    auto Buffer = MemoryBuffer::getFile(Path);
    if (!Buffer) {
      Error = (Path + ": " + Buffer.getError().message());
      return false;
    }
    if (!printText((*Buffer)->getBuffer(), Out)) {
      Error = Path + ": not a kernel model";
      return false;
    }
  }
  return true;
}
