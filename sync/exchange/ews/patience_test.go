package ews_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockstep/sync/exchange/ews"
)

func TestCall_SitsOutAShortRefusal(t *testing.T) {
	busy := func(ms int) func(http.ResponseWriter, string, int) {
		return func(w http.ResponseWriter, _ string, _ int) {
			write(w, 500, envelope(faultBody("ErrorServerBusy", backOff(ms))))
		}
	}
	status := func(code, seconds int) func(http.ResponseWriter, string, int) {
		return func(w http.ResponseWriter, _ string, _ int) {
			w.Header().Set("Retry-After", strconv.Itoa(seconds))
			w.WriteHeader(code)
		}
	}
	// inside refuses the first n of two items in an answer with status 200.
	inside := func(n int) func(http.ResponseWriter, string, int) {
		return func(w http.ResponseWriter, op string, inputs int) {
			var all []string
			for i := range inputs {
				if i < n {
					all = append(all, failure(op, "ErrorServerBusy", `<m:MessageXml><t:Value Name="BackOffMilliseconds">20</t:Value></m:MessageXml>`))
				} else {
					all = append(all, success(op, item("A")))
				}
			}
			write(w, 200, response(op, all...))
		}
	}
	created := ews.NewItem{Item: ews.CalendarItem{Subject: "x"}, Fields: []ews.FieldURI{ews.FieldSubject}}
	ref := ews.ItemRef{ID: ews.ItemID{ID: "A", ChangeKey: "1"}}
	change := ews.ItemChange{Ref: ref, Item: ews.CalendarItem{Subject: "x"}, Set: []ews.FieldURI{ews.FieldSubject}}
	two := func(rs []ews.ItemResult, err error) error {
		for _, r := range rs {
			if err == nil && r.Err != nil {
				err = r.Err
			}
		}
		return err
	}
	calls := map[string]func(*ews.Mailbox) error{
		"GetItem": func(m *ews.Mailbox) error { return two(m.GetItem(t.Context(), []ews.ItemRef{ref, ref}, ews.Shape{})) },
		"CreateItem": func(m *ews.Mailbox) error {
			return two(m.CreateItem(t.Context(), calendar(), []ews.NewItem{created, created}, ews.SendToNone))
		},
		"UpdateItem": func(m *ews.Mailbox) error {
			return two(m.UpdateItem(t.Context(), []ews.ItemChange{change, change}, ews.UpdateOptions{}))
		},
		"overwriting UpdateItem": func(m *ews.Mailbox) error {
			return two(m.UpdateItem(t.Context(), []ews.ItemChange{change, change}, ews.UpdateOptions{Conflict: ews.AlwaysOverwrite}))
		},
		"DeleteItem": func(m *ews.Mailbox) error {
			errs, err := m.DeleteItem(t.Context(), []ews.ItemRef{ref, ref}, ews.DeleteOptions{})
			for _, e := range errs {
				if err == nil && e != nil {
					err = e
				}
			}
			return err
		},
	}
	for _, tc := range []struct {
		name, op string
		refuse   func(http.ResponseWriter, string, int)
		times    int
		class    ews.Class // ClassUnclassified: served
		requests int
	}{
		{"busy once", "GetItem", busy(20), 1, ews.ClassUnclassified, 2},
		{"busy without end", "GetItem", busy(20), 99, ews.ClassThrottled, 5},
		{"busy for long", "GetItem", busy(60_000), 1, ews.ClassThrottled, 1},
		{"busy for one of two", "GetItem", inside(1), 1, ews.ClassUnclassified, 2},
		{"503 with an end", "GetItem", status(503, 1), 1, ews.ClassUnclassified, 2},
		{"503 for long", "GetItem", status(503, 60), 1, ews.ClassUnavailable, 1},
		{"429 with an end", "GetItem", status(429, 1), 1, ews.ClassUnclassified, 2},
		{"busy under a new entry", "CreateItem", busy(20), 1, ews.ClassUnclassified, 2},
		{"busy for both new entries", "CreateItem", inside(2), 1, ews.ClassUnclassified, 2},
		{"busy for one of two new entries", "CreateItem", inside(1), 1, ews.ClassThrottled, 1},
		{"503 under a new entry", "CreateItem", status(503, 1), 1, ews.ClassUnknown, 1},
		{"busy under a change", "UpdateItem", busy(20), 1, ews.ClassUnclassified, 2},
		{"busy under a change that compares nothing", "overwriting UpdateItem", busy(20), 1, ews.ClassThrottled, 1},
		{"busy under a removal", "DeleteItem", busy(20), 1, ews.ClassThrottled, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			op := tc.op[strings.LastIndexByte(tc.op, ' ')+1:]
			s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, _ *http.Request, n int, _ string) {
				if n <= tc.times {
					tc.refuse(w, op, 2)
					return
				}
				inside(0)(w, op, 2)
			})
			o := s.options()
			o.Repeats = 0
			start := time.Now()
			err := calls[tc.op](newClient(t, o).Mailbox("anna@example.com"))
			if tc.class == ews.ClassUnclassified && err != nil {
				t.Errorf("error = %v, want none", err)
			}
			if tc.class != ews.ClassUnclassified {
				wantClass(t, err, tc.class)
			}
			if got := len(s.recorded()); got != tc.requests {
				t.Errorf("%d requests, want %d", got, tc.requests)
			}
			if took := time.Since(start); tc.requests > 1 && took < 20*time.Millisecond {
				t.Errorf("asked again after %s, before the pause was over", took)
			}
		})
	}
}
