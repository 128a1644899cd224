package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

// Book is what an office has written down about itself. What is read from it
// shares nothing with what it holds. It is safe for concurrent use.
type Book struct {
	mu       sync.Mutex
	settings state.Settings
	people   map[event.PersonID]state.Person
	previews []shown
	signIns  []signIn
	pulses   map[event.PersonID]state.Pulse
	paused   time.Time
}

// shown is a preview that somebody has seen.
type shown struct {
	digest string
	hashes map[event.PersonID][]string
	at     time.Time
}

// signIn is one that failed.
type signIn struct{ account, secret string }

var _ state.Book = (*Book)(nil)

// keptPreviews is how many previews can still be approved.
const keptPreviews = 20

// NewBook is an empty one: the office is not set up.
func NewBook() *Book {
	return &Book{people: map[event.PersonID]state.Person{}, pulses: map[event.PersonID]state.Pulse{}}
}

// alone runs do by itself, unless ctx has ended.
func (b *Book) alone(ctx context.Context, do func()) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	do()
	return nil
}

// Settings are the ones saved last.
func (b *Book) Settings(ctx context.Context) (out state.Settings, err error) {
	err = b.alone(ctx, func() { out = ownSettings(b.settings) })
	return out, err
}

// SaveSettings replaces them.
func (b *Book) SaveSettings(ctx context.Context, s state.Settings) error {
	return b.alone(ctx, func() { b.settings = ownSettings(s) })
}

func ownSettings(s state.Settings) state.Settings {
	s.Rules.Types = slices.Clone(s.Rules.Types)
	return s
}

// People lists everybody, by address.
func (b *Book) People(ctx context.Context) (out []state.Person, err error) {
	err = b.alone(ctx, func() {
		out = slices.SortedFunc(maps.Values(b.people), func(x, y state.Person) int {
			return cmp.Or(cmp.Compare(x.Addresses[event.Exchange], y.Addresses[event.Exchange]), cmp.Compare(x.ID, y.ID))
		})
	})
	return out, err
}

// SavePeople adds people and replaces those it has under the same ID.
func (b *Book) SavePeople(ctx context.Context, ps []state.Person) error {
	return b.alone(ctx, func() {
		for _, p := range ps {
			b.people[p.ID] = p
		}
	})
}

// SavePreview keeps what a preview showed, and forgets the oldest ones.
func (b *Book) SavePreview(ctx context.Context, digest string, hashes map[event.PersonID][]string, at time.Time) error {
	return b.alone(ctx, func() {
		b.previews = slices.DeleteFunc(b.previews, func(s shown) bool { return s.digest == digest })
		b.previews = append(b.previews, shown{digest, ownHashes(hashes), at})
		slices.SortStableFunc(b.previews, func(x, y shown) int { return x.at.Compare(y.at) })
		b.previews = b.previews[max(0, len(b.previews)-keptPreviews):]
	})
}

// Preview is what a preview showed.
func (b *Book) Preview(ctx context.Context, digest string) (out map[event.PersonID][]string, err error) {
	found := false
	err = b.alone(ctx, func() {
		for _, s := range b.previews {
			if s.digest == digest {
				out, found = ownHashes(s.hashes), true
			}
		}
	})
	if err == nil && !found {
		err = state.ErrUnknownPreview
	}
	return out, err
}

func ownHashes(hashes map[event.PersonID][]string) map[event.PersonID][]string {
	out := map[event.PersonID][]string{}
	for id, hs := range hashes {
		out[id] = slices.Clone(hs)
	}
	return out
}

// FailedSignIns counts failures with this very secret.
func (b *Book) FailedSignIns(ctx context.Context, account, secret string) (n int, err error) {
	err = b.alone(ctx, func() {
		for _, s := range b.signIns {
			if s == (signIn{account, secret}) {
				n++
			}
		}
	})
	return n, err
}

// AddFailedSignIn counts one.
func (b *Book) AddFailedSignIn(ctx context.Context, account, secret string, _ time.Time) error {
	return b.alone(ctx, func() { b.signIns = append(b.signIns, signIn{account, secret}) })
}

// ClearFailedSignIns forgets those of an account, whatever the secret.
func (b *Book) ClearFailedSignIns(ctx context.Context, account string) error {
	return b.alone(ctx, func() {
		b.signIns = slices.DeleteFunc(b.signIns, func(s signIn) bool { return s.account == account })
	})
}

// Pulses lists the last one of each person, by person.
func (b *Book) Pulses(ctx context.Context) (out []state.Pulse, err error) {
	err = b.alone(ctx, func() {
		for _, id := range slices.Sorted(maps.Keys(b.pulses)) {
			out = append(out, ownPulse(b.pulses[id]))
		}
	})
	return out, err
}

// SavePulse replaces a person's.
func (b *Book) SavePulse(ctx context.Context, p state.Pulse) error {
	return b.alone(ctx, func() { b.pulses[p.Person] = ownPulse(p) })
}

// PausedUntil is when the pause ends.
func (b *Book) PausedUntil(ctx context.Context) (out time.Time, err error) {
	err = b.alone(ctx, func() { out = b.paused })
	return out, err
}

// SavePause keeps the end of a pause; zero ends it.
func (b *Book) SavePause(ctx context.Context, until time.Time) error {
	return b.alone(ctx, func() { b.paused = until })
}

func ownPulse(p state.Pulse) state.Pulse {
	p.Problems = slices.Clone(p.Problems)
	if p.Halt != nil {
		h := *p.Halt
		p.Halt = &h
	}
	return p
}
