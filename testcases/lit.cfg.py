# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# One run tests one LLVM: the first of the build, or the one that
# `lit --param llvm=22` names.
#
# Substitutions:
#   %strongfence-cc1     the plugin face on one file with -verify: expectations for
#                        warnings stand on the offending line, the notes are free
#                        to change. It fails when the plugin did not load, which
#                        the driver's form would hide.
#   %clang-cc1           the same without plugin and checkers
#   %plugin              the plugin; %other-plugin is that of the other LLVM
#   %unit                the unit program
#   %alpha-plugin, %alpha-unit  both faces with plugin/Inputs/one-alpha.def as the list of rules
#   %strongfence-jsonl   run the unit program on %s and print its record
#   %strongfence-fences  the same, only the fence lines of the record
#   %strongfence-linked DIR UNIT...  facts, link and check of these units, and
#                        their records: facts/Inputs/linked.sh says how to name
#                        units. Files are %t/MODULE-UNIT.*
#   %linked-steps STEPS,... DIR UNIT...  only some of these steps
#   %inputs              the folder of the simulated kernel headers

import os
import re
import shutil
import subprocess

import lit.formats

config.name = "strongfence"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".c", ".test"]
# Folders with a runner of their own, or without tests.
config.excludes = ["Inputs", "cocci", "kernel", "reference", "tools", "fuzz", "html"]
config.test_source_root = os.path.dirname(os.path.abspath(__file__))
config.test_exec_root = os.path.join(config.strongfence_build, "testcases")

versions = [v for v in config.strongfence_llvm if v]
version = lit_config.params.get("llvm", versions[0] if versions else "19")
if version not in versions:
    lit_config.fatal("this build has no LLVM %s, only %s"
                     % (version, " ".join(versions)))
config.name += "-llvm" + version
# Two versions may run from one build directory, one after the other.
config.test_exec_root = os.path.join(config.test_exec_root, "llvm" + version)
config.available_features.add("llvm-" + version)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True,
                          text=True).stdout.strip()


llvm_config = shutil.which("llvm-config-" + version)
if not llvm_config:
    lit_config.fatal("llvm-config-%s is not in PATH" % version)
bindir = output(llvm_config, "--bindir")
clang = os.path.join(bindir, "clang")
resources = output(clang, "-print-resource-dir")
# For FileCheck, not and count.
config.environment["PATH"] = bindir + os.pathsep + os.environ["PATH"]

inputs = os.path.join(config.test_source_root, "Inputs")
headers = os.path.join(inputs, "include")


def plugin(v):
    return os.path.join(config.strongfence_build, "lib",
                        "StrongfenceChecker-%s.so" % v)


# The tests of a rule run it, whether or not it is on by default.
with open(os.path.join(config.strongfence_source, "checker", "rules.def")) as f:
    levels = dict(re.findall(r"^RULE\((\w+), (\w+)", f.read(), re.M))
packages = "teardown"
if "alpha" in levels.values():
    packages += ",alpha.teardown"

unit = os.path.join(config.strongfence_build, "bin",
                    "strongfence-unit-" + version)
cc1 = ("%s -cc1 -triple x86_64-unknown-linux-gnu -std=gnu11 -nostdsysteminc"
       " -internal-isystem %s/include -I %s" % (clang, resources, headers))
command = ('{"directory": "%S", "file": "%s", "arguments": ["clang",'
           ' "--target=x86_64-linux-gnu", "-std=gnu11", "-nostdinc", "-I", "' +
           headers + '", "-c", "%s"]}')
jsonl = ("mkdir -p %T && echo '" + command + "' > %t.unit.json && " + unit +
         " --unit %t.unit.json --output %t.jsonl --rules " + ",".join(levels) + " && ")

linked = "sh %s %s " % (os.path.join(config.test_source_root, "facts", "Inputs",
                                     "linked.sh"), unit)

config.substitutions += [
    ("%strongfence-linked", linked + headers + " %t facts,link,check,show"),
    ("%linked-steps", linked + headers + " %t"),
    ("%strongfence-cc1", cc1 + " -load " + plugin(version) +
     " -analyze -analyzer-checker=" + packages +
     " -verify -verify-ignore-unexpected=note"),
    ("%strongfence-jsonl", jsonl + "cat %t.jsonl"),
    ("%strongfence-fences", jsonl + "grep '\"type\": *\"fence\"' %t.jsonl"),
    ("%clang-cc1", cc1),
    ("%plugin", plugin(version)),
    ("%unit", unit),
    ("%alpha-plugin", os.path.join(config.strongfence_build, "testcases",
                                   "alpha-plugin-%s.so" % version)),
    ("%alpha-unit", os.path.join(config.strongfence_build, "testcases",
                                 "alpha-unit-" + version)),
    ("%inputs", inputs),
]

others = [v for v in versions if v != version]
if others:
    config.available_features.add("other-llvm")
    config.substitutions.append(("%other-plugin", plugin(others[0])))
