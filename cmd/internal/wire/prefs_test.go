package wire

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/cmd/internal/sample"
	"lockstep/sync/localapi"
	"lockstep/sync/state"
)

// desktop starts a program, or does not.
type desktop struct {
	on    bool
	did   []string
	fails error
}

func (d *desktop) Enabled() (bool, error) { return d.on, nil }

func (d *desktop) Enable(delay time.Duration) error {
	if d.fails != nil {
		return d.fails
	}
	d.on, d.did = true, append(d.did, "on "+delay.String())
	return nil
}

func (d *desktop) Disable() error {
	d.on, d.did = false, append(d.did, "off")
	return nil
}

func TestPreferences_AreKeptAndTheDesktopIsTold(t *testing.T) {
	d := &desktop{}
	shows := true
	x := &preferences{home: t.TempDir(), start: d, tray: func() bool { return shows }}
	if p, err := x.Prefs(t.Context()); err != nil || !cmp.Equal(p, localapi.Prefs{}) {
		t.Errorf("at first: %+v, %v, want the usual", p, err)
	}
	want := localapi.Prefs{Language: "fi", Theme: localapi.ThemeDark, Quiet: []string{"behind"}, HideSubjects: true, Autostart: true, AutostartDelay: 30}
	if p, err := x.SavePrefs(t.Context(), want); err != nil || !cmp.Equal(p, want) {
		t.Fatalf("saved %+v, %v, want %+v", p, err, want)
	}
	if p, err := (&preferences{home: x.home, start: d}).Prefs(t.Context()); err != nil || !cmp.Equal(p, want) {
		t.Errorf("by the next start: %+v, %v, want %+v", p, err, want)
	}
	if _, err := x.SavePrefs(t.Context(), want); err != nil { // again the same: the desktop is left alone
		t.Fatal(err)
	}
	d.on = false // a person switched it off in the desktop's own settings
	if p, err := x.Prefs(t.Context()); err != nil || p.Autostart {
		t.Errorf("switched off elsewhere: %+v, %v", p, err)
	}
	shows = false
	if p, err := x.Prefs(t.Context()); err != nil || !p.NoTray {
		t.Errorf("on a desktop without icons: %+v, %v", p, err)
	}
	want.AutostartDelay = 0
	for _, on := range []bool{true, false} {
		want.Autostart = on
		if _, err := x.SavePrefs(t.Context(), want); err != nil {
			t.Fatal(err)
		}
	}
	if got := []string{"on 30s", "on 0s", "off"}; !slices.Equal(d.did, got) {
		t.Errorf("the desktop was told %q, want %q", d.did, got)
	}
}

func TestPreferences_TakeAllOrNone(t *testing.T) {
	x := &preferences{home: t.TempDir()}
	_, err := x.SavePrefs(t.Context(), localapi.Prefs{Language: "../x", Theme: "pink", Quiet: []string{"A B"}, AutostartDelay: -1})
	e, ok := errors.AsType[*localapi.Error](err)
	if !ok || e.Code != localapi.CodeField || len(e.Fields) != 4 {
		t.Errorf("error = %+v, want four fields", err)
	}
	if p, err := x.Prefs(t.Context()); err != nil || !cmp.Equal(p, localapi.Prefs{NoAutostart: true}) {
		t.Errorf("kept %+v, %v, want nothing", p, err)
	}
	if err := os.WriteFile(filepath.Join(x.home, prefsName), []byte(`{"theme":"pink"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := x.Prefs(t.Context()); err != nil || p.Theme != "" {
		t.Errorf("a file that is not ours gives %+v, %v", p, err)
	}
}

// TestPreferences_HideSubjects: hiding is for everybody's entries, one's own too.
func TestPreferences_HideSubjects(t *testing.T) {
	h := newHouse(t, false)
	ctx := t.Context()
	if err := h.site.Store.SaveSettings(ctx, state.Settings{Office: "o", Zone: sample.OfficeZone, ShowSubjects: true, Me: "a@x.test"}); err != nil {
		t.Fatal(err)
	}
	if sc, err := h.site.screen(ctx); err != nil || !sc.All {
		t.Errorf("screen = %+v, %v, want all", sc, err)
	}
	if _, err := h.agent.SavePrefs(ctx, localapi.Prefs{HideSubjects: true}); err != nil {
		t.Fatal(err)
	}
	if sc, err := h.site.screen(ctx); err != nil || sc != (localapi.Screen{}) {
		t.Errorf("screen = %+v, %v, want nobody's", sc, err)
	}
}
