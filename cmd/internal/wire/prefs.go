package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"lockstep/sync/localapi"
)

// prefsName is the file of a home folder that holds what its user prefers.
const prefsName = "prefs.json"

// Autostart lets the desktop start the program; see package autostart.
type Autostart interface {
	Enabled() (bool, error)
	Enable(delay time.Duration) error
	Disable() error
}

// preferences keeps what the user prefers. Whether the desktop starts the
// program is the desktop's to tell, because it can be changed there as well.
type preferences struct {
	home  string
	start Autostart // nil: no desktop starts this agent
	// tray tells whether the desktop shows icons; nil: this agent has none.
	tray func() bool

	mu sync.Mutex
}

var _ localapi.Preferences = (*preferences)(nil)

// Prefs are those that were saved; a file that cannot be read as ours holds none.
func (x *preferences) Prefs(context.Context) (localapi.Prefs, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.read()
}

func (x *preferences) read() (p localapi.Prefs, err error) {
	text, err := os.ReadFile(filepath.Join(x.home, prefsName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return p, fmt.Errorf("read preferences: %w", err)
	}
	if err != nil || json.Unmarshal(text, &p) != nil || problems(p) != nil {
		p = localapi.Prefs{}
	}
	p.Autostart, p.NoAutostart = false, x.start == nil
	p.NoTray = x.tray != nil && !x.tray()
	if x.start != nil {
		if p.Autostart, err = x.start.Enabled(); err != nil {
			return p, err
		}
	}
	return p, nil
}

// SavePrefs takes them all, or none.
func (x *preferences) SavePrefs(_ context.Context, p localapi.Prefs) (localapi.Prefs, error) {
	if wrong := problems(p); wrong != nil {
		return localapi.Prefs{}, &localapi.Error{Code: localapi.CodeField, Message: "the preferences are not right", Fields: wrong}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	before, err := x.read()
	if err != nil {
		return before, err
	}
	keep := p
	keep.Autostart, keep.NoAutostart, keep.NoTray = false, false, false
	text, err := json.MarshalIndent(keep, "", "  ")
	if err != nil {
		return before, fmt.Errorf("write preferences: %w", err)
	}
	if err := writePrivate(filepath.Join(x.home, prefsName), text); err != nil {
		return before, fmt.Errorf("keep preferences: %w", err)
	}
	switch {
	case x.start == nil:
	case p.Autostart && (!before.Autostart || before.AutostartDelay != p.AutostartDelay):
		err = x.start.Enable(time.Duration(p.AutostartDelay) * time.Second)
	case !p.Autostart && before.Autostart:
		err = x.start.Disable()
	}
	if err != nil {
		return before, err
	}
	return x.read()
}

var (
	language = regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$`)
	kind     = regexp.MustCompile(`^[a-z_]{1,40}$`)
)

// problems lists what is wrong with preferences.
func problems(p localapi.Prefs) []localapi.FieldProblem {
	var out []localapi.FieldProblem
	wrong := func(key string, code localapi.FieldCode, say string) {
		out = append(out, localapi.FieldProblem{Key: key, Code: code, Say: say})
	}
	if p.Language != "" && !language.MatchString(p.Language) {
		wrong("language", localapi.FieldWord, `expected a language such as "fi", or nothing for the desktop's`)
	}
	if p.Theme != "" && p.Theme != localapi.ThemeLight && p.Theme != localapi.ThemeDark {
		wrong("theme", localapi.FieldWord, `expected one of "light", "dark", or nothing for the desktop's`)
	}
	for _, k := range p.Quiet {
		if !kind.MatchString(k) {
			wrong("quiet", localapi.FieldWord, "expected kinds of notifications")
			break
		}
	}
	if p.AutostartDelay < 0 || p.AutostartDelay > localapi.MaxAutostartDelay {
		wrong("autostart_delay", localapi.FieldNumber, fmt.Sprintf("expected a whole number of seconds from 0 to %d", localapi.MaxAutostartDelay))
	}
	return out
}
