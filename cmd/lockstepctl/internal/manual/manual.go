// Package manual writes the manual page and the completions of shells from the table of commands, so that they say
// what the program does. The library for that (mango-kong) stamps pages with the time of the build, shows hidden flags
// and follows an old kong; completions it has none that a package could install.
//
// It must not know any single command.
package manual

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// command is one command that people may type, with the words before it.
type command struct {
	path []string // without the program's name; empty for the program itself
	node *kong.Node
}

// commands are all of them, each before those below it.
func commands(app *kong.Application) []command {
	var out []command
	var walk func(path []string, n *kong.Node)
	walk = func(path []string, n *kong.Node) {
		out = append(out, command{path, n})
		for _, c := range n.Children {
			if !c.Hidden && c.Type == kong.CommandNode {
				walk(append(path[:len(path):len(path)], c.Name), c)
			}
		}
	}
	walk(nil, app.Node)
	return out
}

// flags are those that a command shows of its own.
func (c command) flags() []*kong.Flag {
	var out []*kong.Flag
	for _, f := range c.node.Flags {
		if !f.Hidden {
			out = append(out, f)
		}
	}
	return out
}

// words are what may follow a command: commands, values of its arguments, flags.
func (c command) words() []string {
	var out []string
	for _, n := range c.node.Children {
		if !n.Hidden && n.Type == kong.CommandNode {
			out = append(out, n.Name)
		}
	}
	for _, p := range c.node.Positional {
		out = append(out, choices(p)...)
	}
	for _, f := range c.flags() {
		out = append(out, "--"+f.Name)
	}
	return out
}

// choices are the values that something can have, when they are few.
func choices(v *kong.Value) []string {
	var out []string
	for _, word := range strings.Split(v.Enum, ",") {
		if word = strings.TrimSpace(word); word != "" {
			out = append(out, word)
		}
	}
	return out
}

// Page is the manual page, for section 1, as troff reads it. Date is the day that it shows.
func Page(app *kong.Application, version, date string) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 %q %q %q\n", strings.ToUpper(app.Name), date, app.Name+" "+version, "User Commands")
	first, rest, _ := strings.Cut(app.Help, "\n")
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", app.Name, troff(strings.TrimSuffix(first, ".")))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\nCOMMAND [FLAGS]\n", app.Name)
	b.WriteString(".SH DESCRIPTION\n")
	paragraphs(&b, first+"\n"+rest)
	all := commands(app)
	b.WriteString(".SH OPTIONS\n")
	options(&b, all[0])
	b.WriteString(".SH COMMANDS\n")
	for _, c := range all[1:] {
		fmt.Fprintf(&b, ".SS %s\n%s\n", troff(strings.TrimPrefix(c.node.Summary(), app.Name+" ")), troff(c.node.Help))
		if c.node.Detail != "" {
			b.WriteString(".PP\n")
			paragraphs(&b, c.node.Detail)
		}
		for _, p := range c.node.Positional {
			if p.Help != "" {
				fmt.Fprintf(&b, ".TP\n.I %s\n%s\n", troff(p.Summary()), troff(p.Help))
			}
		}
		options(&b, c)
	}
	return b.String()
}

func options(b *strings.Builder, c command) {
	for _, f := range c.flags() {
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", troff(f.String()), troff(f.Help))
	}
}

// paragraphs writes text whose lines may be columns: those that begin with a blank are kept as they are.
func paragraphs(b *strings.Builder, text string) {
	kept := false
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		switch column := strings.HasPrefix(line, " "); {
		case column && !kept:
			b.WriteString(".nf\n")
			kept = true
		case !column && kept:
			b.WriteString(".fi\n")
			kept = false
		}
		if line == "" {
			line = ".PP"
		} else {
			line = troff(line)
		}
		b.WriteString(line + "\n")
	}
	if kept {
		b.WriteString(".fi\n")
	}
}

// troff is text that cannot be taken for a request.
func troff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
