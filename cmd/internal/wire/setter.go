package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natefinch/atomic"
	"github.com/pelletier/go-toml/v2"

	"lockstep/sync/localapi"
	"lockstep/sync/state"
)

// setter is how front ends set an office up.
type setter struct{ site *Site }

var _ localapi.Setter = setter{}

// draftName is the file in a home folder that a draft is kept in until it is whole.
const draftName = "draft.json"

// keptDraft is what the file holds. It never holds a secret.
type keptDraft struct {
	Draft localapi.Draft `json:"draft"`
	Page  string         `json:"page"`
}

// Setup is how the office is set up, or what has been filled in so far.
func (x setter) Setup(ctx context.Context) (localapi.Setup, error) {
	settings, err := x.site.Settings(ctx)
	if err != nil {
		return localapi.Setup{}, localapi.AsError(err)
	}
	people, err := x.site.book.People(ctx)
	if err != nil {
		return localapi.Setup{}, localapi.AsError(err)
	}
	out := localapi.Setup{
		Draft: draftOf(settings, people), SetUp: settings.Office != "", Secrets: map[string]bool{}, SecretsIn: x.site.Kind.String(),
	}
	if !out.SetUp {
		out.Draft = draftOf(x.site.book.fixed.over(state.Settings{Zone: ownZone()}), nil)
	}
	for _, name := range []string{SecretExchange, SecretSevera} {
		if out.Secrets[name], err = x.site.HasSecret(ctx, name); err != nil {
			return localapi.Setup{}, fmt.Errorf("look for secrets: %w", err)
		}
	}
	if kept, ok := x.kept(); ok {
		out.Draft, out.Page, out.Kept = x.under(kept.Draft), kept.Page, true
	}
	for _, l := range x.site.book.fixed.locks() {
		if out.Locked == nil {
			out.Locked = map[string]string{}
		}
		out.Locked[l.Key] = l.By + ", " + l.Where
	}
	return out, nil
}

// kept is the draft that was kept; one that cannot be read is none.
func (x setter) kept() (keptDraft, bool) {
	text, err := os.ReadFile(x.draftFile())
	var k keptDraft
	if err != nil || json.Unmarshal(text, &k) != nil {
		return keptDraft{}, false
	}
	return k, true
}

// under is a draft with what policies fix.
func (x setter) under(d localapi.Draft) localapi.Draft {
	text, err := x.site.book.fixed.set.TOML()
	if err == nil {
		err = toml.Unmarshal(text, &d)
	}
	if err != nil {
		return d // it shows when the draft is checked
	}
	return d
}

func (x setter) draftFile() string { return filepath.Join(x.site.Home, draftName) }

// CheckSetup tells what is wrong in the parts asked for.
func (x setter) CheckSetup(_ context.Context, q localapi.CheckRequest) (localapi.Checked, error) {
	out := localapi.Checked{Problems: []localapi.FieldProblem{}}
	_, _, found := x.read(q.Draft)
	asked := func(key string) bool {
		return len(q.Keys) == 0 || slices.ContainsFunc(q.Keys, func(k string) bool {
			return key == k || strings.HasPrefix(key, k+".")
		})
	}
	passworded := map[string]bool{}
	for _, p := range found {
		passworded[p.Key] = passworded[p.Key] || p.Code == localapi.FieldUserIn
		if asked(p.Key) {
			out.Problems = append(out.Problems, p)
		}
	}
	if !q.Keep {
		return out, nil
	}
	// An address with a password in it is not written down.
	if passworded["exchange.url"] {
		q.Draft.Exchange.URL = ""
	}
	if passworded["exchange.oab_url"] {
		q.Draft.Exchange.OABURL = ""
	}
	if passworded["severa.url"] {
		q.Draft.Severa.URL = ""
	}
	text, err := json.MarshalIndent(keptDraft{q.Draft, q.Page}, "", "  ")
	if err != nil {
		return out, fmt.Errorf("write draft: %w", err)
	}
	if err := writePrivate(x.draftFile(), text); err != nil {
		return out, fmt.Errorf("keep draft: %w", err)
	}
	return out, nil
}

// writePrivate replaces a file of the home folder as a whole, for this user alone.
func writePrivate(path string, text []byte) error {
	// The library gives a new file the mode of the old one, or of any temporary
	// file, which is this user's alone.
	if err := atomic.WriteFile(path, bytes.NewReader(append(text, '\n'))); err != nil {
		return err
	}
	return os.Chmod(path, 0o600)
}

// DropSetup forgets a draft that was kept.
func (x setter) DropSetup(context.Context) error {
	if err := os.Remove(x.draftFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("drop draft: %w", err)
	}
	return nil
}

// read makes settings and people of a draft, as its file would be read.
func (x setter) read(d localapi.Draft) (state.Settings, []state.Person, []localapi.FieldProblem) {
	c := &checker{}
	settings, people := OfficeFile{Draft: d}.settings(c, x.site.Home)
	for _, l := range x.site.book.fixed.set.Locks() {
		if !x.site.book.fixed.agrees(l.Key, settings) {
			c.wrong(l.Key, localapi.FieldLocked, fmt.Sprintf("your organisation has fixed this (%s, %s)", l.Level, l.Where))
		}
	}
	var found []localapi.FieldProblem
	for _, p := range c.found {
		found = append(found, p.FieldProblem)
	}
	return settings, people, found
}

// SaveSetup makes a draft take effect.
func (x setter) SaveSetup(ctx context.Context, d localapi.Draft) (localapi.Setup, error) {
	settings, people, found := x.read(d)
	if len(found) > 0 {
		return localapi.Setup{}, &localapi.Error{Code: localapi.CodeField, Message: "the settings are not right", Fields: found}
	}
	stored, err := x.site.Store.Settings(ctx)
	if err != nil {
		return localapi.Setup{}, localapi.AsError(err)
	}
	plan := officePlan{holds: settings, people: people, known: true}
	if plan.stores, err = x.site.book.fixed.under(settings, stored); err != nil {
		return localapi.Setup{}, err
	}
	if _, err := x.site.install(ctx, plan); err != nil {
		return localapi.Setup{}, localapi.AsError(err)
	}
	if err := x.DropSetup(ctx); err != nil {
		return localapi.Setup{}, err
	}
	x.site.Office.Reconnect()
	x.site.lookAgain()
	return x.Setup(ctx)
}

// SetSecret keeps what a connection signs in with, and lets everybody try again.
func (x setter) SetSecret(ctx context.Context, q localapi.SecretRequest) error {
	if !slices.Contains([]string{SecretExchange, SecretSevera, SecretProxy}, q.System) {
		return &localapi.Error{Code: localapi.CodeUsage, Message: "there is no secret of that name"}
	}
	if q.Secret == "" {
		return &localapi.Error{Code: localapi.CodeUsage, Message: "the secret is empty"}
	}
	if err := x.site.SetSecret(ctx, q.System, string(q.Secret)); err != nil {
		return err
	}
	x.site.Office.Reconnect()
	x.site.Office.Wake()
	x.site.lookAgain() // who could not be looked up without it
	return nil
}
