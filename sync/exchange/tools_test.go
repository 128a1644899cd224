package exchange_test

import (
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ewssim"
)

// Marks of other programs are recognised, and still there after a write of ours.
func TestRead_RecognisesMarksOfOtherPrograms_AndLeavesThem(t *testing.T) {
	for property, want := range map[string]string{"crmorgid": "dynamics", "googleEventID": "ogcs", "somethingElse": ""} {
		r := newRig(t, rigOptions{})
		key := ewssim.ExtKey{SetID: "00020329-0000-0000-c000-000000000046", Name: property, Type: "String"} // the public strings
		id := r.put(t, ewssim.Item{Subject: "tracked", Ext: []ewssim.Ext{{Key: key, Values: []string{"{org}"}}}})
		read := func() event.Item {
			got, err := r.anna().Get(t.Context(), []event.ID{id})
			if err != nil || got[0].Item == nil {
				t.Fatalf("read: %v, %+v", err, got)
			}
			return *got[0].Item
		}
		it := read()
		if it.Tool != want {
			t.Errorf("%s: tool = %q, want %q", property, it.Tool, want)
		}
		want := it.Event
		want.Subject = "renamed"
		res := r.anna().Apply(t.Context(), []endpoint.Op{{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: event.FieldSubject, Stamp: event.Stamp{Office: "o", Key: "k"}}})
		if res[0].Err != nil {
			t.Fatal(res[0].Err)
		}
		if after := read(); after.Tool != it.Tool || after.Subject != "renamed" {
			t.Errorf("%s: after a write of ours: %+v", property, after)
		}
	}
}
