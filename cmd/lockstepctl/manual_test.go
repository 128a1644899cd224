package main

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"lockstep/resources/manual"
)

// parser reads command lines as the program does, and ends nothing.
func parser(t *testing.T) *kong.Kong {
	t.Helper()
	p, err := kong.New(&cli{}, kong.Name("lockstepctl"), kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var shownLine = regexp.MustCompile("(?m)`(lockstepctl[^`]*)`|^    (lockstepctl.*)$")

var shellWord = regexp.MustCompile(`'([^']*)'|"([^"]*)"|\S+`)

// shellWords splits a line as a shell does that knows quotes around whole words.
func shellWords(line string) (out []string) {
	for _, m := range shellWord.FindAllStringSubmatch(line, -1) {
		if m[0][0] == '\'' || m[0][0] == '"' {
			out = append(out, m[1]+m[2])
			continue
		}
		out = append(out, m[0])
	}
	return out
}

// TestManual_ShowsCommandsThatThereAre reads each command line of each page as
// the program would.
func TestManual_ShowsCommandsThatThereAre(t *testing.T) {
	seen := 0
	for _, language := range manual.Languages() {
		for _, page := range manual.Pages(language) {
			for _, m := range shownLine.FindAllStringSubmatch(page.Text, -1) {
				line, _, _ := strings.Cut(m[1]+m[2], " > ") // into a file
				words := shellWords(line)[1:]
				if len(words) == 0 {
					continue // the program's name alone
				}
				seen++
				if _, err := parser(t).Parse(words); err != nil {
					t.Errorf("%s/%s shows %q: %v", language, page.ID, line, err)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d command lines were found in the manual", seen)
	}
	if _, err := parser(t).Parse([]string{"preview", "--nonsense"}); err == nil {
		t.Error("a flag that there is not is taken: this test judges nothing")
	}
}

// TestManual_NamesEveryCommand: the page about the command line leaves none out.
func TestManual_NamesEveryCommand(t *testing.T) {
	page, ok := manual.Find(manual.English, "command-line")
	if !ok {
		t.Fatal("there is no page about the command line")
	}
	for _, n := range parser(t).Model.Children {
		if !n.Hidden && !strings.Contains(page.Text, "`lockstepctl "+n.Name) {
			t.Errorf("the page about the command line does not name %s", n.Name)
		}
	}
}
