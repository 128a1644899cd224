package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"lockstep/store"
	"lockstep/sync/office"
	"lockstep/sync/state"
)

// outlineName is the file beside the store that a lost store is begun anew
// from: connections, rules and people, and never a secret or calendar text.
// Everything else comes back from the marks in the calendars.
const outlineName = "office.json"

// outline is what the file holds.
type outline struct {
	Settings state.Settings
	People   []state.Person
	// Rebuilt is when and why the store was begun anew.
	Rebuilt office.Rebuilt `json:"Rebuilt,omitzero"`
}

// readOutline is the outline in a home folder; zero where there is none, or
// none that can be read: it is a copy, and the store is what counts.
func readOutline(home string) outline {
	text, err := os.ReadFile(filepath.Join(home, outlineName))
	if err != nil {
		return outline{}
	}
	return parseOutline(text)
}

func parseOutline(text []byte) outline {
	var o outline
	if json.Unmarshal(text, &o) != nil {
		return outline{}
	}
	return o
}

// write puts the file in place as a whole: after a crash there is the old content or the new.
func (o outline) write(home string) (err error) {
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return fmt.Errorf("write outline: %w", err)
	}
	temp, err := os.CreateTemp(home, outlineName+".tmp-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write outline: %w", err)
	}
	_, err = temp.Write(append(text, '\n'))
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return errors.Join(fmt.Errorf("write outline: %w", err), os.Remove(temp.Name()))
	}
	if err := os.Rename(temp.Name(), filepath.Join(home, outlineName)); err != nil {
		return errors.Join(fmt.Errorf("write outline: %w", err), os.Remove(temp.Name()))
	}
	return nil
}

// book is the store that keeps the outline up to date.
type book struct {
	*store.Store
	home    string
	fixed   fixed
	rebuilt office.Rebuilt
}

var _ state.Book = (*book)(nil)

// SaveSettings stores them and draws the outline anew.
// What a policy fixes is not changed, and an attempt is an error.
func (b *book) SaveSettings(ctx context.Context, v state.Settings) error {
	stored, err := b.Store.Settings(ctx)
	if err != nil {
		return err
	}
	if v, err = b.fixed.under(v, stored); err != nil {
		return err
	}
	return b.keep(ctx, v)
}

// keep stores settings as they are, and draws the outline anew.
func (b *book) keep(ctx context.Context, v state.Settings) error {
	if err := b.Store.SaveSettings(ctx, v); err != nil {
		return err
	}
	return b.draw(ctx)
}

// SavePeople stores them and draws the outline anew.
func (b *book) SavePeople(ctx context.Context, people []state.Person) error {
	if err := b.Store.SavePeople(ctx, people); err != nil {
		return err
	}
	return b.draw(ctx)
}

func (b *book) draw(ctx context.Context) error {
	settings, err := b.Store.Settings(ctx)
	if err != nil {
		return err
	}
	people, err := b.Store.People(ctx)
	if err != nil {
		return err
	}
	return outline{settings, people, b.rebuilt}.write(b.home)
}

// openStore opens the store of a home folder. One that is damaged is set
// aside, and one that is lost is begun anew, with what the outline tells:
// the pairs come back from the marks in the calendars.
func openStore(ctx context.Context, home string, x fixed, o store.Options) (*book, error) {
	path := filepath.Join(home, storeName)
	kept := readOutline(home)
	why, aside := "", ""
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && kept.Settings.Office != "" {
		why = office.StoreMissing
	}
	s, err := store.Open(ctx, path, o)
	if errors.Is(err, state.ErrDamaged) {
		why = office.StoreDamaged
		if aside, err = store.SetAside(path, o.Now()); err != nil {
			return nil, err
		}
		s, err = store.Open(ctx, path, o)
	}
	if err != nil {
		return nil, err
	}
	b := &book{Store: s, home: home, fixed: x, rebuilt: kept.Rebuilt}
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if why == "" && settings.Office == "" && kept.Settings.Office != "" {
		why = office.StoreMissing // begun anew by a start that did not get to its end
	}
	if why == "" {
		return b, nil
	}
	b.rebuilt = office.Rebuilt{At: o.Now(), Why: why, Aside: aside}
	if err := b.restore(ctx, kept); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return b, nil
}

// restore puts what the outline tells into a new store, and notes in the
// history of everybody that it was begun anew.
func (b *book) restore(ctx context.Context, kept outline) error {
	if kept.Settings.Office == "" {
		return b.draw(ctx)
	}
	if err := b.Store.SavePeople(ctx, kept.People); err != nil {
		return fmt.Errorf("restore people: %w", err)
	}
	// The settings go last: a store without them is not set up, and a death
	// before them shows.
	if err := b.keep(ctx, kept.Settings); err != nil {
		return fmt.Errorf("restore settings: %w", err)
	}
	for _, p := range kept.People {
		if !p.Enabled {
			continue
		}
		mine := b.Person(p.ID)
		if _, _, err := mine.Begin(ctx, state.Run{Person: p.ID, Started: b.rebuilt.At, Cause: state.CauseRebuilt}, nil); err != nil {
			return fmt.Errorf("note in history: %w", err)
		}
		if err := mine.EndRun(ctx, 0, state.Report{Ended: b.rebuilt.At}); err != nil {
			return fmt.Errorf("note in history: %w", err)
		}
	}
	return nil
}

// rebuiltTold is for how long a status tells that the store was begun anew.
const rebuiltTold = 30 * 24 * time.Hour

// Rebuilt is when and why the store was begun anew, as long as that is news.
func (s *Site) Rebuilt() office.Rebuilt {
	if s.now().Sub(s.book.rebuilt.At) > rebuiltTold {
		return office.Rebuilt{}
	}
	return s.book.rebuilt
}

// RebuiltNow tells that this very start had to begin the store anew.
func (s *Site) RebuiltNow() bool { return s.rebuiltNow }
