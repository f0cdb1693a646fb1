// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/ClassDevices.h"

using namespace llvm;
using namespace strongfence;

namespace llvm {
namespace yaml {

template <> struct ScalarEnumerationTraits<LateUse> {
  static void enumeration(IO &Io, LateUse &Value) {
    Io.enumCase(Value, "none", LateUse::None);
    Io.enumCase(Value, "likely", LateUse::Likely);
    Io.enumCase(Value, "always", LateUse::Always);
  }
};

template <> struct ScalarEnumerationTraits<ManagedKind> {
  static void enumeration(IO &Io, ManagedKind &Value) {
    Io.enumCase(Value, "memory", ManagedKind::Memory);
    Io.enumCase(Value, "interrupt", ManagedKind::Interrupt);
    Io.enumCase(Value, "action", ManagedKind::Action);
    Io.enumCase(Value, "registration", ManagedKind::Registration);
    Io.enumCase(Value, "debugfs-file", ManagedKind::DebugfsFile);
  }
};

void MappingTraits<ClassDeviceRow>::mapping(IO &Io, ClassDeviceRow &Row) {
  Io.mapRequired("device", Row.Device);
  Io.mapOptional("deleted-by", Row.DeletedBy);
  Io.mapOptional("managed-by", Row.ManagedBy);
  Io.mapOptional("allocated-by", Row.AllocatedBy);
  Io.mapOptional("late-slots", Row.LateSlots);
  Io.mapOptional("late-fields", Row.LateFields);
  Io.mapOptional("stored", Row.Stored, LateUse::None);
  Io.mapOptional("debugfs-late", Row.DebugfsLate, false);
  Io.mapOptional("users", Row.Users);
  Io.mapRequired("source", Row.Source);
}

std::string MappingTraits<ClassDeviceRow>::validate(IO &, ClassDeviceRow &Row) {
  if (StringRef(Row.Device).count('.') != 1)
    return "a class device is written struct.field";
  if (Row.Stored != LateUse::None && Row.Users.empty())
    return "a row that says who stores late must name the users";
  return "";
}

void MappingTraits<ManagedRow>::mapping(IO &Io, ManagedRow &Row) {
  Io.mapRequired("function", Row.Function);
  Io.mapOptional("device", Row.Device, 0u);
  Io.mapOptional("device-field", Row.DeviceField);
  Io.mapOptional("resource", Row.Resource, -1);
  Io.mapOptional("kind", Row.Kind, ManagedKind::Memory);
  Io.mapOptional("kept-by", Row.KeptBy);
  Io.mapOptional("late-on", Row.LateOn);
}

void MappingTraits<AttributeRow>::mapping(IO &Io, AttributeRow &Row) {
  Io.mapRequired("add", Row.Add);
  Io.mapOptional("device", Row.Device, 0u);
  Io.mapOptional("attribute", Row.Attribute, 1u);
  Io.mapRequired("remove", Row.Remove);
}

} // namespace yaml
} // namespace llvm

void ClassDevices::add(ClassDeviceRows Rows) {
  Files.push_back(std::make_unique<ClassDeviceRows>(std::move(Rows)));
  for (const ClassDeviceRow &Row : Files.back()->Devices)
    DeviceIndex[Row.Device] = &Row;
  for (const ManagedRow &Row : Files.back()->Managed)
    ManagedIndex[Row.Function] = &Row;
  for (const AttributeRow &Row : Files.back()->Attributes)
    AttributeIndex[Row.Add] = &Row;
}

const ClassDeviceRow *ClassDevices::device(StringRef StructField) const {
  return DeviceIndex.lookup(StructField);
}

const ManagedRow *ClassDevices::managed(StringRef Function) const {
  return ManagedIndex.lookup(Function);
}

const AttributeRow *ClassDevices::attribute(StringRef Function) const {
  return AttributeIndex.lookup(Function);
}

std::vector<std::string> ClassDevices::calls() const {
  std::vector<std::string> Out;
  for (const auto &File : Files) {
    for (const ManagedRow &Row : File->Managed)
      Out.push_back(Row.Function);
    for (const ClassDeviceRow &Row : File->Devices) {
      Out.insert(Out.end(), Row.DeletedBy.begin(), Row.DeletedBy.end());
      Out.insert(Out.end(), Row.ManagedBy.begin(), Row.ManagedBy.end());
    }
  }
  return Out;
}
