//go:build !windows

package localapi

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// clerk is an agent that answers with what it was asked.
type clerk struct{ fake }

func (*clerk) Script(_ context.Context, q ScriptRequest) (Script, error) {
	return Script{Title: q.Group, Text: "'å'\n" + q.Account}, nil
}

func (*clerk) Handover(context.Context) (Handover, error) {
	return Handover{Zone: "Europe/Helsinki", Rights: &Script{Undo: "Remove"}, People: []Person{{Name: "Åsa"}}}, nil
}

func (*clerk) Diagnostics(_ context.Context, q DiagnosticsRequest) (Diagnostics, error) {
	if !q.Subjects {
		return Diagnostics{}, errors.New("not ticked")
	}
	return Diagnostics{Files: []DiagnosticsFile{{Name: "a", Size: 3}}, Zip: []byte{0, 0xff, 'P'}}, nil
}

func (*clerk) AddressBooks(_ context.Context, q AddressBooksRequest) ([]AddressBook, error) {
	return []AddressBook{{Name: q.URL, Size: 1 << 40}}, nil
}

func TestClient_GetsThePapersWhole(t *testing.T) {
	c, _ := serve(t, &clerk{})
	ctx := t.Context()
	s, err1 := c.Script(ctx, ScriptRequest{Group: "Pilot", Account: `D\svc`})
	h, err2 := c.Handover(ctx)
	d, err3 := c.Diagnostics(ctx, DiagnosticsRequest{Subjects: true})
	b, err4 := c.AddressBooks(ctx, AddressBooksRequest{URL: "https://x/"})
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	got := []any{s, h, d, b}
	want := []any{
		Script{Title: "Pilot", Text: "'å'\n" + `D\svc`},
		Handover{Zone: "Europe/Helsinki", Rights: &Script{Undo: "Remove"}, People: []Person{{Name: "Åsa"}}},
		Diagnostics{Files: []DiagnosticsFile{{Name: "a", Size: 3}}, Zip: []byte{0, 0xff, 'P'}},
		[]AddressBook{{Name: "https://x/", Size: 1 << 40}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the client got (-want +got)\n%s", diff)
	}
}
