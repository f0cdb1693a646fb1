# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# Completion for bash. What there is to complete is asked from --help, so that it is what this version knows.

# What follows an option in the help of a command: "a|b|c", FILE, DIR, or nothing.
_strongfence_value() { # COMMAND-HELP OPTION
	grep -oE -e "(^|[ [])$2 [^] ,]+" <<<"$1" | head -n1 | awk '{ print $2 }'
}

_strongfence_rules() { # PROGRAM
	"$1" explain --help 2>/dev/null | sed -nE 's/^  ([A-Z][A-Za-z]+) .*/\1/p'
}

_strongfence_files() { # CURRENT [-d]
	local IFS=$'\n'
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen "${2:--f}" -- "$1")
}

_strongfence() {
	local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} current=${COMP_WORDS[COMP_CWORD]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]} help value word words before rules

	COMPREPLY=()
	program=${program/#\~/$HOME}
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$("$program" --help 2>/dev/null |
			sed -nE 's/^  ([a-z][a-z-]*) .*/\1/p') --help --version" -- "$current")
		return
	fi
	# "--format=json" comes in three words.
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	# What follows "--" is somebody else's.
	for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
		if [[ $word == -- ]]; then
			_strongfence_files "$current"
			return
		fi
	done
	help=$("$program" "$command" --help 2>/dev/null)
	case $previous in
	--rules)
		before=
		[[ $current == *,* ]] && before=${current%,*},
		rules=$(_strongfence_rules "$program")
		mapfile -t COMPREPLY < <(compgen -P "$before" -W "$rules" -- "${current##*,}")
		compopt -o nospace 2>/dev/null
		return
		;;
	--min-severity)
		mapfile -t COMPREPLY < <(compgen -W "info low medium high" -- "$current")
		return
		;;
	--format)
		# Those of them that this command has.
		words=$(grep -e --format <<<"$help" | grep -owE 'text|json|sarif|html' | sort -u)
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
		return
		;;
	--config)
		_strongfence_files "$current"
		mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W "allmodconfig defconfig" -- "$current")
		return
		;;
	-?*)
		value=$(_strongfence_value "$help" "$previous")
		case $value in
		*\|*) mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$current") && return ;;
		*DIR | KERNEL_SRC) _strongfence_files "$current" -d && return ;;
		FILE | OLD | *.json) _strongfence_files "$current" && return ;;
		[A-Z]*) return ;;
		esac
		;;
	esac
	if [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(grep -oE -e '(^|[ [])(--[a-z][a-z-]*|-[a-zA-Z][a-z-]*)([] ,]|$)' <<<"$help" |
			tr -d '][, ' | sort -u) --help" -- "$current")
	elif [[ $command == explain ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_strongfence_rules "$program")" -- "$current")
	else
		_strongfence_files "$current"
	fi
}

complete -F _strongfence strongfence
