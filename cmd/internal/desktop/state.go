//go:build linux

package desktop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// State is what there is to see of the desktop, for who looks into a failure:
// the programs of a home folder, the windows, what popped up, the tray's menu
// and the ends of the logs.
func (s *Session) State(ctx context.Context, home string) string {
	var b strings.Builder
	section := func(title, text string) { fmt.Fprintf(&b, "--- %s\n%s\n", title, strings.TrimSpace(text)) }
	// What cannot be asked any more says so in its place.
	said := func(out string, err error) string {
		if err != nil {
			return fmt.Sprintf("%s(%v)", out, err)
		}
		return out
	}
	section("programs", lines(said(s.Output(ctx, "ps", "-ww", "-eo", "pid,ppid,stat,etimes,time,wchan:20,args")), home))
	section("windows", said(s.Output(ctx, "wmctrl", "-l", "-p", "-G")))
	popups, err := s.Popups(ctx)
	section("popped up", said(fmt.Sprintf("%+v", popups), err))
	entries, err := s.Menu()
	section("menu", said(strings.Join(Labels(entries), " | "), err))
	w, err := s.Outline(ctx)
	section("in the window", said(strings.Join(w.Texts(), " | "), err))
	logs, _ := filepath.Glob(filepath.Join(s.Dir, "*.log")) // the patterns are well-formed
	of, _ := filepath.Glob(filepath.Join(home, "logs", "*"))
	for _, path := range append(logs, of...) {
		text, err := os.ReadFile(path)
		section(path, said(string(text[max(0, len(text)-lastOfLog):]), err))
	}
	return b.String()
}

// lastOfLog is how much of a log is of use.
const lastOfLog = 4000

// lines are those of a text that have some words in them.
func lines(text, words string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.Contains(line, words) {
			b.WriteString(line)
		}
	}
	return b.String()
}
