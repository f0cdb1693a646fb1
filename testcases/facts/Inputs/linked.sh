#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# linked.sh UNIT HEADERS WORK STEPS SOURCES [-DX | MODULE: | MODULE@ | FILE.c]...
#
# What `strongfence` does with the units of a tree: STEPS are some of "facts",
# "link", "check" and "show", with commas. The units are FILE.c of the folder
# SOURCES, in the module "two" or the one that was named last (@: built in).
# -DX holds for the units behind it. Files are WORK/MODULE-FILE.*; "show" prints
# each unit's record behind a line "== MODULE-FILE".

set -e
unit=$1 headers=$2 work=$3 steps=$4 sources=$5
shift 5
mkdir -p "$work"
module=two loadable=', "-DMODULE"' define='' names=''
for each; do
	case $each in
	-D*) define="$define, \"$each\"" ;;
	*:) module=${each%:} loadable=', "-DMODULE"' ;;
	*@) module=${each%@} loadable='' ;;
	*)
		base=${each%.c}
		name=$module-$(echo "$base" | tr / -)
		names="$names $name"
		cat > "$work/$name.cmd.json" <<-END
		{"directory": "$sources", "file": "$each", "arguments": ["clang",
		"--target=x86_64-linux-gnu", "-std=gnu11", "-nostdinc", "-I", "$headers",
		"-DKBUILD_MODNAME=\\"$module\\"", "-DKBUILD_BASENAME=\\"${base##*/}\\""$loadable$define,
		"-c", "$each"]}
		END
		;;
	esac
done
case ,$steps, in *,facts,*)
	for name in $names; do
		"$unit" --unit "$work/$name.cmd.json" --facts "$work/$name.facts.json" \
			--output "$work/$name.alone.jsonl"
	done ;;
esac
case ,$steps, in *,link,*)
	for name in $names; do
		printf '%s\t%s\n' "$work/$name.facts.json" "$work/$name.import.json"
	done > "$work/link.list"
	"$unit" --link "$work/link.list" --merged "$work/facts.json" ;;
esac
case ,$steps, in *,check,*)
	for name in $names; do
		"$unit" --unit "$work/$name.cmd.json" --import "$work/$name.import.json" \
			--alone "$work/$name.alone.jsonl" --output "$work/$name.jsonl"
	done ;;
esac
case ,$steps, in *,show,*)
	for name in $names; do
		echo "== $name"
		cat "$work/$name.jsonl"
	done ;;
esac
