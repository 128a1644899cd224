package tray

import (
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"

	"lockstep/sync/network/bustest"
	"lockstep/ui/model"
)

// notified is what a notification service was asked to show.
type notified struct {
	replaces uint32
	title    string
	actions  []string
}

// service stands in for a desktop's notification service.
type service struct {
	got  []notified
	last uint32
}

func (s *service) GetCapabilities() ([]string, *dbus.Error) { return []string{"body", "actions"}, nil }

func (s *service) Notify(
	_ string, replaces uint32, _, title, _ string, actions []string, _ map[string]dbus.Variant, _ int32,
) (uint32, *dbus.Error) {
	s.got = append(s.got, notified{replaces, title, actions})
	if replaces == 0 {
		s.last++
		return s.last, nil
	}
	return replaces, nil
}

func TestPopup_LeadsToThePageOfANotice(t *testing.T) {
	conn := bustest.Start(t, bustest.OfSession)
	s := &service{}
	if err := conn.Export(s, noticePath, noticeName); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(noticeName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	pages := make(chan string, 4)
	p := NewPopup(func(page string) { pages <- page })
	show := func(n model.Notice) {
		t.Helper()
		if err := p.Show(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	show(model.Notice{Kind: model.NoticeSignIn, Title: "one", Page: model.PageConnections})
	show(model.Notice{Kind: model.NoticeDecision, Title: "two", Page: model.PageAttention})
	show(model.Notice{Kind: model.NoticeAnswer, Title: "three"})
	show(model.Notice{Kind: model.NoticeSignIn, Title: "one again", Page: model.PageOverview})
	if len(s.got) != 4 || !slices.Equal(s.got[0].actions, []string{byDefault, "Open"}) || len(s.got[2].actions) != 0 || s.got[3].replaces != 1 {
		t.Errorf("shown %+v, want actions where there is a page, and the first replaced", s.got)
	}
	for _, id := range []uint32{99, 3, 2, 1} { // another program's, the one without a page, and two of ours
		if err := conn.Emit(noticePath, noticeName+".ActionInvoked", id, byDefault); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{model.PageAttention, model.PageOverview} {
		if got := <-pages; got != want {
			t.Errorf("led to %q, want %q", got, want)
		}
	}
}
