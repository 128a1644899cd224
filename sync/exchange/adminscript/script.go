package adminscript

import (
	"bytes"
	"fmt"
	"strings"
	"text/template"

	"lockstep/resources/scripts"
)

// Script is what an administrator gets. Text, Check and Undo are PowerShell
// with \n line ends, each to be run by itself.
type Script struct {
	Kind  Kind
	File  string // how the file is called
	Title string
	About string // in words: what it does and what to know first
	Text  string // the whole, with switches for checking and undoing
	Check string // the names and what only checks
	Undo  string // the names and what takes it all back
}

// values are what a template sees.
type values struct {
	Request
	File string
}

// Cloud tells Exchange Online from a server.
func (v values) Cloud() bool { return v.Request.Version == vCloud }

// AutoMapping: the server may be told to keep the mailboxes out of the
// account's Outlook. 2010 learnt it with a service pack only.
func (v values) AutoMapping() bool { return v.Request.Version != v2007 && v.Request.Version != v2010 }

// Version is how people write it.
func (v values) Version() string {
	if v.Request.Version == "se" {
		return "Server SE"
	}
	return v.Request.Version
}

// Render writes a script. The error is an *InputError when the request is what
// is wrong.
func Render(q Request) (Script, error) {
	if q.Name == "" {
		q.Name = DefaultName
	}
	if err := q.check(); err != nil {
		return Script{}, err
	}
	v := values{Request: q, File: "lockstep-" + string(q.Kind) + ".ps1"}
	var parts *template.Template
	part := func(name string, data any) (string, error) {
		var out bytes.Buffer
		if err := parts.ExecuteTemplate(&out, name, data); err != nil {
			return "", err
		}
		return out.String(), nil
	}
	parts, err := template.New("").Funcs(template.FuncMap{
		"quote": Quote, "list": list, "part": part, "trim": trim, "indent": indent, "comment": comment,
	}).ParseFS(scripts.Files, "frame.ps1.tmpl", "shared.tmpl", q.template())
	if err != nil {
		return Script{}, fmt.Errorf("read script template: %w", err)
	}
	got := map[string]string{}
	for _, name := range []string{"title", "about", "names", "check", "undo", "frame.ps1.tmpl"} {
		if got[name], err = part(name, v); err != nil {
			return Script{}, fmt.Errorf("write script: %w", err)
		}
	}
	names := trim(got["names"])
	return Script{
		Kind: q.Kind, File: v.File, Title: trim(got["title"]), About: strings.Join(strings.Fields(got["about"]), " "),
		Text:  trim(got["frame.ps1.tmpl"]) + "\n",
		Check: names + "\n\n" + trim(got["check"]) + "\n",
		Undo:  names + "\n\n" + trim(got["undo"]) + "\n",
	}, nil
}

func trim(s string) string { return strings.Trim(s, "\n ") }

// indent moves every line of a block in.
func indent(s string) string {
	lines := strings.Split(trim(s), "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = "    " + line
		}
	}
	return strings.Join(lines, "\n")
}

// commentWidth is how wide comments are: what a shell's window shows.
const commentWidth = 110

// comment makes a text a comment, broken between words.
func comment(s string) string {
	var out []string
	line := "#"
	for _, word := range strings.Fields(s) {
		if len(line)+1+len(word) > commentWidth {
			out, line = append(out, line), "#"
		}
		line += " " + word
	}
	return strings.Join(append(out, line), "\n")
}
