package autostart

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDesktopFile_QuotesEveryWord(t *testing.T) {
	for _, c := range []struct {
		entry Entry
		want  string
	}{
		{Entry{Program: "/opt/lockstep/lockstep"}, "Exec=/opt/lockstep/lockstep --minimized"},
		{Entry{Program: "/opt/lockstep", Delay: 30 * time.Second}, "Exec=/opt/lockstep --minimized --delay 30s"},
		{Entry{Program: "/home/a b/lockstep"}, `Exec="/home/a b/lockstep" --minimized`},
		{Entry{Program: "/x", Home: "/100% $me \"`\\"}, `Exec=/x --minimized --home "/100%% \\$me \\"\\` + "`" + `\\\\"`},
	} {
		lines := strings.Split(c.entry.desktopFile(), "\n")
		if !slices.Contains(lines, c.want) || lines[0] != "[Desktop Entry]" || !slices.Contains(lines, "Type=Application") {
			t.Errorf("file of %+v is\n%s\nwant %s", c.entry, strings.Join(lines, "\n"), c.want)
		}
	}
}

func TestCommandLine_QuotesAsWindowsReads(t *testing.T) {
	for _, c := range []struct {
		entry Entry
		want  string
	}{
		{Entry{Program: `C:\Lockstep\lockstep.exe`}, `C:\Lockstep\lockstep.exe --minimized`},
		{Entry{Program: `C:\Program Files\Lockstep\lockstep.exe`, Home: `D:\my home\`}, `"C:\Program Files\Lockstep\lockstep.exe" --minimized --home "D:\my home\\"`},
		{Entry{Program: `a"b`}, `"a\"b" --minimized`},
	} {
		if got := c.entry.commandLine(); got != c.want {
			t.Errorf("command line = %s, want %s", got, c.want)
		}
	}
}

func TestLaunchAgent_IsAPropertyList(t *testing.T) {
	text := Entry{Program: "/Applications/A&B.app/lockstep", Home: "/x <y>"}.launchAgent()
	dec := xml.NewDecoder(strings.NewReader(text))
	var words []string
	for in := false; ; {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		switch v := tok.(type) {
		case xml.StartElement:
			in = v.Name.Local == "string"
		case xml.EndElement:
			in = false
		case xml.CharData:
			if in {
				words = append(words, string(v))
			}
		}
	}
	if want := []string{id, "/Applications/A&B.app/lockstep", "--minimized", "--home", "/x <y>", "Interactive"}; !slices.Equal(words, want) {
		t.Errorf("words = %q, want %q", words, want)
	}
}
