package adminscript_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockstep/sync/exchange/adminscript"
)

// parsed is what the driver in testdata tells of a script.
type parsed struct {
	Errors, Strings, Commands []string
	Tree                      string
}

// parse has tree-sitter's grammar of PowerShell read scripts. LOCKSTEP_NODE
// names the folder into which make setup installed it; by default it is
// .cache/node.
func parse(t *testing.T, texts []string) []parsed {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "node")
	}
	dir := os.Getenv("LOCKSTEP_NODE")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", ".cache", "node")
	}
	modules, err := filepath.Abs(filepath.Join(dir, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tree-sitter-powershell", "web-tree-sitter"} {
		if _, err := os.Stat(filepath.Join(modules, name)); err != nil {
			missing(t, name)
		}
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	// The parser is one huge function, and optimising it takes node far longer than running it.
	cmd := exec.CommandContext(t.Context(), node, "--liftoff-only", filepath.Join("testdata", "powershell.js"), modules)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("parse PowerShell: %v\n%s", err, errs.String())
	}
	var got []parsed
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || len(got) != len(texts) {
		t.Fatalf("the driver answered %d of %d scripts, %v\n%s", len(got), len(texts), err, out.String())
	}
	return got
}

// missing ends a test whose tool is not there: it is skipped at a desk, and
// fails where everything is meant to be run.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing; make setup installs it", what)
	}
	t.Skipf("%s is missing; make setup installs it", what)
}

// unquoted reads a string between single quotes as PowerShell does: any of its
// five quotes ends it, unless another one follows. ok: the string ends where
// the text does, and not before.
func unquoted(text string) (s string, ok bool) {
	quote := func(r rune) bool { return strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) }
	in := []rune(text)
	if len(in) < 2 || !quote(in[0]) {
		return "", false
	}
	var out []rune
	for i := 1; i < len(in); i++ {
		if !quote(in[i]) {
			out = append(out, in[i])
			continue
		}
		if i+1 < len(in) && quote(in[i+1]) {
			i++
			out = append(out, in[i])
			continue
		}
		return string(out), i == len(in)-1
	}
	return "", false
}

// nasty are names that somebody may really have, or may try.
var nasty = []string{
	`O'Brien`,
	"back`tick",
	`$env:TEMP and $(Get-Date)`,
	`Årsmöte Ängström`,
	`He said "no"`,
	"typographic \u2018left\u2019 and \u201alow\u201b",
	`semi; colon | pipe & amp`,
	`# no comment <# not here #>`,
	`@{a=1} @(1) {block}`,
	"'; Remove-Mailbox -Identity * ; '",
	`ends with a quote'`,
	"\u2019; Remove-Mailbox -Identity * ; \u2019",
	`DOMAIN\back\\slash`,
	"日本語 🙂 \u00a0 space",
	`-Verbose`,
	`%{ $_ } --% ,`,
}

const someGUID = "0c1a313f-272f-473b-addf-5221c64e60ff"

// requests are all scripts that there are, with one name in each place that
// takes one.
func requests(name string) map[string]adminscript.Request {
	out := map[string]adminscript.Request{}
	for _, version := range adminscript.Versions() {
		for _, kind := range adminscript.Kinds() {
			cloud := version == "365"
			if cloud != (kind == adminscript.Application) || kind == adminscript.Throttling && version == "2007" {
				continue
			}
			base := adminscript.Request{Kind: kind, Version: version}
			if cloud {
				base.AppID, base.ObjectID = someGUID, someGUID
			}
			whose := map[string]func(*adminscript.Request){
				"group":  func(q *adminscript.Request) { q.Group = name },
				"people": func(q *adminscript.Request) { q.People = []string{"first", name, "last"} },
			}
			switch {
			case kind == adminscript.Throttling:
				whose = map[string]func(*adminscript.Request){"account": func(*adminscript.Request) {}}
			case !cloud:
				whose["unit"] = func(q *adminscript.Request) { q.OU = name }
				whose["everybody"] = func(q *adminscript.Request) { q.Everybody = true }
			}
			for way, set := range whose {
				q := base
				set(&q)
				if q.Account = "plain"; way == "account" || way == "everybody" {
					q.Account = name
				}
				if cloud {
					q.Account = ""
				}
				out[fmt.Sprintf("%s %s by %s", kind, version, way)] = q
			}
		}
	}
	return out
}

// TestRender_ParsesAndKeepsEachNameWhole holds every script with every nasty
// name against a grammar that others wrote: it parses, it has the very shape
// that it has with a harmless name, and the name is in it once, as one string.
func TestRender_ParsesAndKeepsEachNameWhole(t *testing.T) {
	type made struct {
		what, name string
		plain      int // where the same script with a harmless name stands
	}
	var texts []string
	var all []made
	harmless := map[string]int{}
	for _, name := range append([]string{"harmless"}, nasty...) {
		for what, q := range requests(name) {
			s, err := adminscript.Render(q)
			if err != nil {
				t.Fatalf("%s with %q: %v", what, name, err)
			}
			parts := map[string]string{"whole": s.Text, "check": s.Check, "undo": s.Undo}
			if name != "harmless" { // the whole holds the rest, and one version of each template will do
				if !slices.Contains([]string{"2007", "2010", "2016", "365"}, q.Version) {
					continue
				}
				parts = map[string]string{"whole": s.Text}
			}
			for part, text := range parts {
				key := what + ", " + part
				if name == "harmless" {
					harmless[key] = len(texts)
				}
				texts = append(texts, text)
				all = append(all, made{what: key, name: name})
			}
		}
	}
	for i := range all {
		all[i].plain = harmless[all[i].what]
	}
	got := parse(t, texts)
	for i, m := range all {
		for _, e := range got[i].Errors {
			t.Errorf("%s with %q does not parse: %s", m.what, m.name, e)
		}
		if got[i].Tree != got[m.plain].Tree {
			t.Errorf("%s has another shape with %q than with a harmless name:\n%s", m.what, m.name, texts[i])
		}
		found := 0
		for _, s := range got[i].Strings {
			plain, ok := unquoted(s)
			if !ok {
				t.Errorf("%s with %q: PowerShell ends the string %s somewhere else", m.what, m.name, s)
			}
			if plain == m.name {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: %q is there as one string %d times, want once:\n%s", m.what, m.name, found, texts[i])
		}
	}
}

// TestRender_ChecksChangeNothing holds the lines that only check against the
// verbs of their cmdlets.
func TestRender_ChecksChangeNothing(t *testing.T) {
	var texts, names []string
	for what, q := range requests("somebody") {
		s, err := adminscript.Render(q)
		if err != nil {
			t.Fatal(err)
		}
		names, texts = append(names, what), append(texts, s.Check)
	}
	harmless := []string{"Get", "Where", "ForEach", "Format", "Write", "Test"}
	for i, p := range parse(t, texts) {
		for _, c := range p.Commands {
			if verb, _, _ := strings.Cut(c, "-"); !slices.Contains(harmless, verb) {
				t.Errorf("the check of %s calls %s", names[i], c)
			}
		}
		if len(p.Commands) == 0 {
			t.Errorf("the check of %s checks nothing", names[i])
		}
	}
}

func TestUnquoted_ReadsAsPowerShellDoes(t *testing.T) {
	for text, want := range map[string]string{
		"'a'": "a", "'a''b'": "a'b", "'\u2019\u2019'": "\u2019", "'a\u2018": "a",
	} {
		if got, ok := unquoted(text); got != want || !ok {
			t.Errorf("unquoted(%s) = %q, %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"'a\u2019b'", "'a", "a", "'a'b'"} {
		if got, ok := unquoted(text); ok {
			t.Errorf("unquoted(%s) = %q, although it ends somewhere else", text, got)
		}
	}
}
