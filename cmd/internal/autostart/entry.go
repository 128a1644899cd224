package autostart

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// id names the program to desktops.
const id = "org.lockstep.Lockstep"

// Entry is what is started. The zero Delay starts at once.
type Entry struct {
	Program string // path
	Home    string // empty: the usual one
	Delay   time.Duration
}

// args are the words behind the program. The delay is the program's own: most
// desktops have none to offer.
func (e Entry) args() []string {
	out := []string{"--minimized"}
	if e.Delay > 0 {
		out = append(out, "--delay", e.Delay.String())
	}
	if e.Home != "" {
		out = append(out, "--home", e.Home)
	}
	return out
}

func (e Entry) words() []string { return append([]string{e.Program}, e.args()...) }

// desktopFile is the entry as
// https://specifications.freedesktop.org/desktop-entry-spec/latest/ has it.
func (e Entry) desktopFile() string {
	words := e.words()
	for i, w := range words {
		words[i] = execWord(w)
	}
	return "[Desktop Entry]\nType=Application\nName=Lockstep\nComment=Keeps calendars in step\nIcon=" + id +
		"\nExec=" + strings.Join(words, " ") + "\nTerminal=false\nNoDisplay=true\nX-GNOME-Autostart-enabled=true\n"
}

// execWord is a word of an Exec line: quoted by the rules of its words, and
// then escaped once more as every value of the file is.
func execWord(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=+,@"
	s = strings.ReplaceAll(s, "%", "%%")
	if s == "" || strings.Trim(s, plain) != "" {
		s = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", "$", `\$`).Replace(s) + `"`
	}
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(s)
}

// commandLine is the entry as Windows splits it into words again.
func (e Entry) commandLine() string {
	words := e.words()
	for i, w := range words {
		words[i] = windowsWord(w)
	}
	return strings.Join(words, " ")
}

// windowsWord quotes by the rules of CommandLineToArgvW: backslashes count
// double before a quotation mark, and there alone.
func windowsWord(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\"") {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	slashes := 0
	for _, r := range s {
		switch r {
		case '\\':
			slashes++
			continue
		case '"':
			b.WriteString(strings.Repeat(`\`, 2*slashes+1))
		default:
			b.WriteString(strings.Repeat(`\`, slashes))
		}
		slashes = 0
		b.WriteRune(r)
	}
	b.WriteString(strings.Repeat(`\`, 2*slashes) + `"`)
	return b.String()
}

// launchAgent is the entry as launchd.plist(5) has it.
func (e Entry) launchAgent() string {
	var words strings.Builder
	for _, w := range e.words() {
		words.WriteString("\t\t<string>")
		_ = xml.EscapeText(&words, []byte(w)) // a builder takes all
		words.WriteString("</string>\n")
	}
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>%s</string>
	<key>ProgramArguments</key>
	<array>
%s	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`, id, words.String())
}
