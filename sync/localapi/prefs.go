package localapi

import (
	"context"
	"net/http"
)

// Preferences is the part of an Agent that belongs to who sits before it, and
// not to the office: how the program behaves on this machine.
type Preferences interface {
	Prefs(ctx context.Context) (Prefs, error)
	// SavePrefs takes them all, or is an error of CodeField and takes none.
	SavePrefs(ctx context.Context, p Prefs) (Prefs, error)
}

// Prefs are how the program behaves for its user. The zero value is the usual.
type Prefs struct {
	Language string `json:"language,omitempty"` // BCP 47; empty: the desktop's
	Theme    string `json:"theme,omitempty"`    // light, dark; empty: the desktop's
	// Quiet are the kinds of notices that do not pop up.
	Quiet []string `json:"quiet,omitempty"`
	// HideSubjects keeps all subjects and places off the screen, one's own as
	// well; what the office itself hides stays hidden without it.
	HideSubjects bool `json:"hide_subjects,omitempty"`
	// Autostart: the desktop starts the program when its user signs in, so many
	// seconds later.
	Autostart      bool `json:"autostart,omitempty"`
	AutostartDelay int  `json:"autostart_delay,omitempty"`
	// NoAutostart: this agent is one that no desktop starts. It is only told.
	NoAutostart bool `json:"no_autostart,omitempty"`
	// NoTray: the desktop shows no icons of programs now. It is only told.
	NoTray bool `json:"no_tray,omitempty"`
}

// The themes; empty is the desktop's.
const (
	ThemeLight = "light"
	ThemeDark  = "dark"
)

// MaxAutostartDelay is the longest delay, in seconds.
const MaxAutostartDelay = 600

// Prefs are how the program behaves for its user.
func (c *Client) Prefs(ctx context.Context) (Prefs, error) {
	return call[Prefs](ctx, c, http.MethodGet, "/v1/prefs", nil)
}

// SavePrefs takes them all, or none.
func (c *Client) SavePrefs(ctx context.Context, p Prefs) (Prefs, error) {
	return call[Prefs](ctx, c, http.MethodPost, "/v1/prefs", p)
}

// prefsRoutes are the calls of Preferences.
func prefsRoutes(handle func(pattern string, do func(r *http.Request) (any, error)), a Preferences) {
	handle("GET /v1/prefs", func(r *http.Request) (any, error) { return a.Prefs(r.Context()) })
	handle("POST /v1/prefs", with(a.SavePrefs))
}
