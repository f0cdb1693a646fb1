// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows about devices that no driver binds to: who deletes them, and who of the
// driver's code the core can still enter once device_del() has freed their
// devres. Also the calls that tie resources to a device. Part of the kernel
// model; see Kernel.h.

#ifndef STRONGFENCE_MODEL_CLASSDEVICES_H
#define STRONGFENCE_MODEL_CLASSDEVICES_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/YAMLTraits.h"
#include <memory>
#include <string>
#include <vector>

namespace strongfence {

/// What a resource is when its device dies and this unit does not show the
/// user: the record that holds it is shared with other units.
enum class LateUse {
  None,   ///< the core is done with the driver before device_del()
  Likely, ///< the core still enters the driver after device_del()
  Always, ///< nobody deletes the device when the driver goes
};

/// One `struct device`, embedded or pointed to.
struct ClassDeviceRow {
  std::string Device;                  ///< struct.field
  std::vector<std::string> DeletedBy;  ///< calls that device_del() it
  std::vector<std::string> ManagedBy;  ///< devm calls that will, in LIFO order
  std::vector<std::string> AllocatedBy; ///< devm calls that will put it
  std::vector<std::string> LateSlots;  ///< struct.field, or call() for a callback argument
  std::vector<std::string> LateFields; ///< struct.field that the core reads late
  LateUse Stored = LateUse::None;
  bool DebugfsLate = false; ///< the core removes its debugfs after device_del()
  std::string Users;  ///< who still runs, as a message says it
  std::string Source; ///< the kernel function that guarantees all this
};

enum class ManagedKind {
  Memory,       ///< something that its users hold by pointer
  Interrupt,
  Action,       ///< a function of the driver, called with an argument
  Registration, ///< undone, and whoever used it is told so by its core
  DebugfsFile,
};

/// A call that ties a resource to a device and whose name or shape does not
/// say how. devm_*(dev, ...) that return a pointer need no row.
struct ManagedRow {
  std::string Function;
  unsigned Device = 0;      ///< argument
  std::string DeviceField;  ///< the device inside that argument, struct.field
  int Resource = -1;        ///< argument that receives it, -1 for the result
  ManagedKind Kind = ManagedKind::Memory;
  std::string KeptBy; ///< taking this reference keeps the resource
  std::string LateOn; ///< struct.field of a device whose core uses it late
};

/// A call that adds sysfs files to a device by hand. Only kobject_del() drains
/// them, which device_del() calls after it has freed the devres.
struct AttributeRow {
  std::string Add;
  unsigned Device = 0;    ///< argument, a device or its kobject
  unsigned Attribute = 1; ///< argument
  std::vector<std::string> Remove;
};

struct ClassDeviceRows {
  std::vector<ClassDeviceRow> Devices;
  std::vector<ManagedRow> Managed;
  std::vector<AttributeRow> Attributes;
};

class ClassDevices {
public:
  /// A later row replaces an earlier one.
  void add(ClassDeviceRows Rows);

  const ClassDeviceRow *device(llvm::StringRef StructField) const;
  const ManagedRow *managed(llvm::StringRef Function) const;
  const AttributeRow *attribute(llvm::StringRef Function) const;
  /// Calls that tie a resource to a device, or delete one that has some.
  std::vector<std::string> calls() const;

private:
  std::vector<std::unique_ptr<ClassDeviceRows>> Files;
  llvm::StringMap<const ClassDeviceRow *> DeviceIndex;
  llvm::StringMap<const ManagedRow *> ManagedIndex;
  llvm::StringMap<const AttributeRow *> AttributeIndex;
};

} // namespace strongfence

LLVM_YAML_IS_SEQUENCE_VECTOR(strongfence::ClassDeviceRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(strongfence::ManagedRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(strongfence::AttributeRow)

namespace llvm {
namespace yaml {

template <> struct MappingTraits<strongfence::ClassDeviceRow> {
  static void mapping(IO &Io, strongfence::ClassDeviceRow &Row);
  static std::string validate(IO &Io, strongfence::ClassDeviceRow &Row);
};
template <> struct MappingTraits<strongfence::ManagedRow> {
  static void mapping(IO &Io, strongfence::ManagedRow &Row);
};
template <> struct MappingTraits<strongfence::AttributeRow> {
  static void mapping(IO &Io, strongfence::AttributeRow &Row);
};

} // namespace yaml
} // namespace llvm

#endif
