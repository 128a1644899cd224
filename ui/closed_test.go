package ui

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
)

// shut is an agent whose office is closed until a passphrase fits.
type shut struct {
	fake
	why      chan localapi.ClosedWhy
	unlocked []localapi.UnlockRequest
}

func (s *shut) Status(ctx context.Context, _ uint64) (office.Status, error) {
	select {
	case why, closed := <-s.why:
		if !closed {
			return s.status, nil
		}
		return office.Status{}, &localapi.Error{Code: localapi.CodeClosed, Closed: &localapi.Closed{Why: why}}
	case <-ctx.Done():
		return office.Status{}, ctx.Err()
	}
}

func (s *shut) Unlock(_ context.Context, q localapi.UnlockRequest) error {
	s.unlocked = append(s.unlocked, q)
	return nil
}

// TestClosed_NoKeyring offers a passphrase file, typed twice, and takes no short one.
func TestClosed_NoKeyring(t *testing.T) {
	a := &shut{fake: fake{status: nine()}, why: make(chan localapi.ClosedWhy, 4)}
	a.why <- localapi.ClosedNoKeyring
	s := open(t, a, "")
	s.sees("There is no keyring")
	s.shot("closed-no-keyring")
	k := &keyboard{stage: s}
	k.typeInto("Passphrase", "short")
	s.press("Use a passphrase file")
	s.sees("at least 8 characters")
	k.typeInto("Passphrase", " but long enough")
	k.typeInto("Once more", "something else")
	k.key(fyne.KeyReturn)
	s.sees("This is not the same.")
	if len(a.unlocked) > 0 {
		t.Fatal("took a passphrase that was mistyped")
	}
	pageOf[*closedPage](s, "closed").twice.SetText("short but long enough")
	k.tabTo("Once more")
	k.key(fyne.KeyReturn)
	s.until("it is opened", func() bool { return len(a.unlocked) == 1 })
	if a.unlocked[0].Passphrase != "short but long enough" {
		t.Error("another passphrase was taken")
	}
	close(a.why)
	s.sees("8 of 9 calendars are up to date")
}

// TestClosed_Passphrase says that one is wrong, also twice in a row.
func TestClosed_Passphrase(t *testing.T) {
	a := &shut{fake: fake{status: nine()}, why: make(chan localapi.ClosedWhy, 4)}
	a.why <- localapi.ClosedPassphrase
	s := open(t, a, "")
	s.sees("The passphrase is needed")
	for range 2 {
		k := &keyboard{stage: s}
		k.typeInto("Passphrase", "wrong")
		k.key(fyne.KeyReturn)
		s.sees("Opening")
		a.why <- localapi.ClosedWrong
		s.sees("This passphrase does not open the file.")
	}
	if len(a.unlocked) != 2 {
		t.Errorf("tried %d times", len(a.unlocked))
	}
	s.shot("closed-wrong")
}

// TestClosed_Locked explains, and only tries again.
func TestClosed_Locked(t *testing.T) {
	a := &shut{fake: fake{status: nine()}, why: make(chan localapi.ClosedWhy, 4)}
	a.why <- localapi.ClosedLocked
	s := open(t, a, "")
	s.sees("The keyring is locked")
	s.press("Try again")
	s.until("it is tried", func() bool { return len(a.unlocked) == 1 })
	if a.unlocked[0].Passphrase != "" {
		t.Error("sent a passphrase that nobody typed")
	}
}
