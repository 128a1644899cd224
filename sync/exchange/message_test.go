package exchange_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/internal/faultscript"
)

// A mail goes to whom it is for, from the person's mailbox, and touches no entry.
func TestMessage_GoesToWhomItIsForAndNobodyElse(t *testing.T) {
	for _, access := range []ews.Access{ews.AccessPrimary, ews.AccessDelegate} {
		t.Run(access.String(), func(t *testing.T) {
			r := newRig(t, rigOptions{access: access})
			ep := r.anna()
			before := get(t, ep, r.meeting(t, true))
			err := ep.(endpoint.Messenger).Message(t.Context(), endpoint.Letter{To: []string{"kim@elsewhere.test", "zed@elsewhere.test"}, Subject: "Moved:\nBoard", Text: "at ten\n"})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]string{"message to kim@elsewhere.test", "message to zed@elsewhere.test"}, r.mails()); d != "" {
				t.Errorf("mails (-want +got):\n%s", d)
			}
			sent, err := r.Items(anna, "sentitems")
			if err != nil || len(sent) != 1 || sent[0].Subject != "Moved: Board" || sent[0].Body.Text != "at ten" {
				t.Errorf("sent items: %+v, %v", sent, err)
			}
			if after := get(t, ep, before.ID); after.Ref != before.Ref {
				t.Errorf("the meeting is %v, was %v", after.Ref, before.Ref)
			}
		})
	}
}

// Whatever happens to the request, it is sent once.
func TestMessage_IsNeverRepeated(t *testing.T) {
	for kind, want := range map[faultscript.Kind]endpoint.Kind{
		faultscript.DropAfter: endpoint.OutcomeUnknown, faultscript.Throttle: endpoint.Throttled,
	} {
		r := newRig(t, rigOptions{})
		r.script.Add(faultscript.Rule{Op: "CreateItem", Times: 1, Kind: kind})
		err := r.anna().(endpoint.Messenger).Message(t.Context(), endpoint.Letter{To: []string{"kim@elsewhere.test"}, Subject: "x", Text: "y"})
		if !endpoint.Is(err, want) {
			t.Errorf("%v: %v, want %v", kind, err, want)
		}
		if n := len(r.Mail()); n > 1 || want == endpoint.Throttled && n > 0 {
			t.Errorf("%v: %d mails", kind, n)
		}
	}
}
