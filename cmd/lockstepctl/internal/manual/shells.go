package manual

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Bash is a completion for bash.
func Bash(app *kong.Application) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# bash completion of %s\n_%s() {\n", app.Name, app.Name)
	b.WriteString("\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} at= words= i\n")
	b.WriteString("\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tcase \"$at/${COMP_WORDS[i]}\" in\n")
	fmt.Fprintf(&b, "\t\t%s) at=\"$at/${COMP_WORDS[i]}\" ;;\n\t\tesac\n\tdone\n", strings.Join(paths(app), " | "))
	cases(&b, app, "\t", "words=%s")
	b.WriteString("\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n")
	fmt.Fprintf(&b, "complete -o default -F _%s %s\n", app.Name, app.Name)
	return b.String()
}

// Zsh is a completion for zsh.
func Zsh(app *kong.Application) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#compdef %s\n_%s() {\n\tlocal at= word prev=${words[CURRENT-1]} found=\n", app.Name, app.Name)
	b.WriteString("\tfor word in ${words[2,CURRENT-1]}; do\n\t\tcase \"$at/$word\" in\n")
	fmt.Fprintf(&b, "\t\t%s) at=\"$at/$word\" ;;\n\t\tesac\n\tdone\n", strings.Join(paths(app), " | "))
	cases(&b, app, "\t", "found=%s")
	fmt.Fprintf(&b, "\tif [[ -n $found ]]; then compadd -- ${=found}; else _files; fi\n}\n_%s \"$@\"\n", app.Name)
	return b.String()
}

// paths are the words of all commands as both shells collect them: /people/enable.
func paths(app *kong.Application) []string {
	var out []string
	for _, c := range commands(app)[1:] {
		out = append(out, "/"+strings.Join(c.path, "/"))
	}
	return out
}

// cases says what may follow: a flag with few values, then what each command takes.
func cases(b *strings.Builder, app *kong.Application, indent, assign string) {
	put := func(pattern string, words []string) {
		fmt.Fprintf(b, "%s%s) "+assign+" ;;\n", indent, pattern, quote(strings.Join(words, " ")))
	}
	fmt.Fprintf(b, "%scase \"$at $prev\" in\n", indent)
	for _, c := range commands(app) {
		at := ""
		if len(c.path) > 0 {
			at = "/" + strings.Join(c.path, "/")
		}
		for _, f := range c.flags() {
			switch {
			case len(choices(f.Value)) > 0:
				put(quote(at+" --"+f.Name), choices(f.Value))
			case !f.IsBool():
				put(quote(at+" --"+f.Name), nil)
			}
		}
	}
	fmt.Fprintf(b, "%s*)\n%s\tcase \"$at\" in\n", indent, indent)
	indent += "\t"
	for _, c := range commands(app) {
		at := ""
		if len(c.path) > 0 {
			at = "/" + strings.Join(c.path, "/")
		}
		put(quote(at), c.words())
	}
	indent = strings.TrimSuffix(indent, "\t")
	fmt.Fprintf(b, "%s\tesac\n%s\t;;\n%sesac\n", indent, indent, indent)
}

// Fish is a completion for fish.
func Fish(app *kong.Application) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# fish completion of %s\n", app.Name)
	for _, c := range commands(app) {
		when := "__fish_use_subcommand"
		if len(c.path) > 0 {
			seen := make([]string, len(c.path))
			for i, word := range c.path {
				seen[i] = "__fish_seen_subcommand_from " + word
			}
			when = strings.Join(seen, "; and ")
		}
		line := func(what, help string) {
			fmt.Fprintf(&b, "complete -c %s -n %s %s -d %s\n", app.Name, quote(when), what, quote(help))
		}
		for _, n := range c.node.Children {
			if !n.Hidden && n.Type == kong.CommandNode {
				line("-f -a "+n.Name, n.Help)
			}
		}
		for _, p := range c.node.Positional {
			for _, word := range choices(p) {
				line("-f -a "+word, p.Help)
			}
		}
		for _, f := range c.flags() {
			what := "-l " + f.Name
			if words := choices(f.Value); len(words) > 0 {
				what += " -x -a " + quote(strings.Join(words, " "))
			} else if !f.IsBool() {
				what += " -r"
			}
			line(what, f.Help)
		}
	}
	return b.String()
}

// quote is a word that no shell takes apart.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
