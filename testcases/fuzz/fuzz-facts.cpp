// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Facts files, a line each: the link reads them all and writes projections,
// which are read again. A projection that is a line itself is read, too.

#include "facts/Facts.h"
#include "facts/Link.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace strongfence;

namespace {

constexpr size_t MostFiles = 4;

/// Below TMPDIR; `run` takes it away.
const std::string &folder() {
  static const std::string Folder = [] {
    SmallString<128> Base, Path;
    sys::path::system_temp_directory(/*ErasedOnReboot=*/true, Base);
    if (sys::fs::createUniqueDirectory(Base + "/strongfence-fuzz", Path))
      abort();
    return Path.str().str();
  }();
  return Folder;
}

void put(const std::string &Path, StringRef Text) {
  std::error_code Error;
  raw_fd_ostream(Path, Error) << Text;
  if (Error)
    abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  SmallVector<StringRef, 0> Lines;
  StringRef(reinterpret_cast<const char *>(Data), Size)
      .split(Lines, '\n', int(MostFiles) - 1, /*KeepEmpty=*/false);
  std::string List, Summary, Error;
  for (size_t I = 0; I < Lines.size(); ++I) {
    std::string Stem = folder() + "/" + std::to_string(I);
    put(Stem + ".facts.json", Lines[I]);
    // Of a file that cannot be read the command says whose it is.
    put(Stem + ".cmd.json", Lines[I]);
    List += Stem + ".facts.json\t" + Stem + ".import.json\n";
    UnitFacts U;
    if (UnitFacts::parse(Lines[I], U, Error)) {
      UnitFacts Again;
      if (!UnitFacts::parse(U.json(), Again, Error))
        abort();
    }
    Projection P;
    if (Projection::parse(Lines[I], P, Error))
      P.read(folder());
  }
  put(folder() + "/list", List);
  // Whatever the files hold, a link ends well and says which it could not use.
  if (!linkFacts(folder() + "/list", folder() + "/merged.json", Summary, Error))
    abort();
  for (size_t I = 0; I < Lines.size(); ++I) {
    auto Buffer =
        MemoryBuffer::getFile(folder() + "/" + std::to_string(I) + ".import.json");
    Projection P;
    if (!Buffer || !Projection::parse((*Buffer)->getBuffer(), P, Error))
      abort();
    P.read(folder());
  }
  return 0;
}
