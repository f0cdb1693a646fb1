// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Overlay.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace {

/// clang's own overlay knows a file by one spelling. A kernel's header is
/// reached by several: through O=, a link "source", "..".
class Overlay : public vfs::ProxyFileSystem {
public:
  Overlay(StringMap<std::string> Named)
      : ProxyFileSystem(vfs::getRealFileSystem()) {
    for (auto &Each : Named) {
      std::string Whole = real(Each.first());
      Names.insert(sys::path::filename(Whole));
      Contents[Whole] = Each.second;
      StringRef Above = sys::path::parent_path(Whole);
      for (; !Each.second.empty() && !sys::fs::exists(Above);
           Above = sys::path::parent_path(Above)) {
        Names.insert(sys::path::filename(Above));
        Folders.try_emplace(Above, vfs::getNextVirtualUniqueID());
      }
    }
  }

  ErrorOr<vfs::Status> status(const Twine &Path) override {
    const std::string *Content = find(Path);
    if (!Content) {
      if (const sys::fs::UniqueID *Folder = find(Path, Folders))
        return vfs::Status(Path, *Folder, {}, 0, 0, 0,
                           sys::fs::file_type::directory_file,
                           sys::fs::all_all);
      return ProxyFileSystem::status(Path);
    }
    if (Content->empty())
      return make_error_code(std::errc::no_such_file_or_directory);
    auto Found = ProxyFileSystem::status(*Content);
    if (!Found)
      return Found;
    return vfs::Status::copyWithNewName(*Found, Path);
  }
  bool exists(const Twine &Path) override {
    const std::string *Content = find(Path);
    return Content ? !Content->empty()
                   : find(Path, Folders) || ProxyFileSystem::exists(Path);
  }
  ErrorOr<std::unique_ptr<vfs::File>>
  openFileForRead(const Twine &Path) override {
    const std::string *Content = find(Path);
    if (!Content)
      return ProxyFileSystem::openFileForRead(Path);
    if (Content->empty())
      return make_error_code(std::errc::no_such_file_or_directory);
    return vfs::File::getWithPath(ProxyFileSystem::openFileForRead(*Content),
                                  Path);
  }

private:
  StringSet<> Names; ///< without their folders: what is asked for costs nothing
  StringMap<std::string> Contents; ///< by real name; empty: not to be seen
  StringMap<sys::fs::UniqueID> Folders; ///< that the disk does not have

  /// The folder may have links on its way and need not be there any more.
  static std::string real(StringRef Path) {
    SmallString<256> Whole(Path), Folder;
    sys::fs::make_absolute(Whole);
    StringRef Above = sys::path::parent_path(Whole);
    std::string Rest = sys::path::filename(Whole).str();
    while (!Above.empty() && sys::fs::real_path(Above, Folder)) {
      Rest = (sys::path::filename(Above) + "/" + Rest).str();
      Above = sys::path::parent_path(Above);
    }
    sys::path::append(Folder, Rest);
    sys::path::remove_dots(Folder, /*remove_dot_dot=*/true);
    return std::string(Folder);
  }

  template <typename T>
  const T *find(const Twine &Path, const StringMap<T> &In) {
    SmallString<256> Text;
    StringRef Asked = Path.toStringRef(Text);
    if (!Names.contains(sys::path::filename(Asked)))
      return nullptr;
    auto Found = In.find(real(Asked));
    return Found == In.end() ? nullptr : &Found->second;
  }
  const std::string *find(const Twine &Path) { return find(Path, Contents); }
};

} // namespace

IntrusiveRefCntPtr<vfs::FileSystem> strongfence::overlay(StringRef Path,
                                                         std::string &Error) {
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer) {
    Error = (Path + ": " + Buffer.getError().message()).str();
    return nullptr;
  }
  auto Value = json::parse((*Buffer)->getBuffer());
  if (!Value) {
    Error = (Path + ": " + toString(Value.takeError())).str();
    return nullptr;
  }
  const json::Object *O = Value->getAsObject();
  StringMap<std::string> Named;
  for (auto I = O ? O->begin() : json::Object::const_iterator();
       O && I != O->end(); ++I) {
    auto Content = I->second.getAsString();
    if (!sys::path::is_absolute(I->first.str()) ||
        (!Content && !I->second.getAsNull()) || (Content && Content->empty()))
      O = nullptr;
    else
      Named[I->first.str()] = Content ? Content->str() : "";
    if (!O)
      break;
  }
  if (!O) {
    Error = (Path + ": needs an object of absolute file names, each with a "
                    "file name or null")
                .str();
    return nullptr;
  }
  return makeIntrusiveRefCnt<Overlay>(std::move(Named));
}
