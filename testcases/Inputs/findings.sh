#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# findings.sh plugin|unit WORKDIR COMMAND TESTS [CHECKERS]
# Prints "FOLDER/FILE:LINE RULE FINGERPRINT" for every finding in TESTS/*/bad-*.c and
# TESTS/*/good-*.c, sorted. Fails when the command fails on any of them.
set -eu

face=$1 work=$2 command=$3 checkers=${5:-teardown}
cd "$4"
tests=$(pwd)
: > "$work/$face.raw"

for file in */bad-*.c */good-*.c; do
	case $face in
	plugin)
		# TESTS/F.c:12:3: warning: text [teardown.Rule]
		# TESTS/F.c:12:3: note: Fingerprint 0123456789abcdef0123
		$command -analyze "-analyzer-checker=$checkers" -analyzer-config teardown:Fingerprints=true \
			"$tests/$file" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
		sed -n 's/^\(.*\):\([0-9]*\):[0-9]*: warning: .*\[teardown\.\([A-Za-z]*\)\]$/\1:\2 \3/p
			s/^.*: note: Fingerprint \([0-9a-f]*\)$/\1/p' "$work/out" |
			awk 'NF == 2 { finding = $0 } NF == 1 { print finding, $1 }' >> "$work/$face.raw"
		;;
	unit)
		printf '{"directory": "%s", "file": "%s", "arguments": ["clang", "--target=x86_64-linux-gnu", "-std=gnu11", "-nostdinc", "-I", "%s", "-c", "%s"]}' \
			"$tests" "$tests/$file" "$tests/Inputs/include" \
			"$tests/$file" > "$work/unit.json"
		$command --unit "$work/unit.json" --output "$work/out"
		# A finding's own file and line are not those of its notes: drop these.
		awk '
		/"type": *"finding"/ {
			sub(/"notes": *\[[^]]*\]/, "")
			# The plugin has no severities to choose from: it leaves info out.
			if (value("severity") == "info")
				next
			print value("file") ":" value("line") " " value("rule") " " value("fingerprint")
		}
		/"type": *"unit"/ && value("status") != "ok" {
			print "unit status " value("status") ": " value("file")
		}
		function value(key,  text) {
			if (!match($0, "\"" key "\": *(\"[^\"]*\"|[0-9]+)"))
				return "no-" key
			text = substr($0, RSTART, RLENGTH)
			sub(/^"[a-z]*": */, "", text)
			gsub(/"/, "", text)
			return text
		}' "$work/out" >> "$work/$face.raw"
		;;
	esac
done
sed "s,^$tests/,," "$work/$face.raw" | sort -u
