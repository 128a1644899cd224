package ews_test

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
)

func TestUIDValue_BothKindsOfUID(t *testing.T) {
	outlook := "040000008200E00074C5B7101A82E008" + "07EA0302" + strings.Repeat("00", 16) + "10000000" + strings.Repeat("AB", 16)
	clean := strings.Replace(outlook, "07EA0302", "00000000", 1)
	foreign := "040000008200E00074C5B7101A82E008" + strings.Repeat("00", 20) + "0F000000" + hex.EncodeToString([]byte("vCal-Uid\x01\x00\x00\x00")) + hex.EncodeToString([]byte("ab")) + "00"
	for uid, want := range map[string]string{outlook: clean, clean: clean, "ab": foreign} {
		b, err := base64.StdEncoding.DecodeString(ews.UIDValue(uid))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.ToUpper(hex.EncodeToString(b)); got != strings.ToUpper(want) {
			t.Errorf("UIDValue(%s) is\n%s, want\n%s", uid, got, want)
		}
	}
}

func TestSim_FindsByUID(t *testing.T) {
	s := newSim(t, ewssim.Options{}, false)
	m := newClient(t, s.options()).Mailbox(annaAddress)
	for _, uid := range []string{"", "made-elsewhere@example.com"} {
		stored, err := s.Put(annaAddress, "", ewssim.Item{Subject: "x", UID: uid, Start: day(2, 7).Time, End: day(2, 8).Time})
		if err != nil {
			t.Fatal(err)
		}
		got := must(m.GetItem(t.Context(), []ews.ItemRef{ews.Ref(ews.ItemID{ID: stored.ID})}, ews.Shape{Fields: []ews.FieldURI{ews.FieldUID}}))(t)
		if got[0].Err != nil || got[0].Item.UID == "" {
			t.Fatalf("item is %+v", got[0])
		}
		found := must(m.FindItem(t.Context(), ews.FindRequest{Folder: calendar(), Property: ews.UIDProperty(), Equals: ews.UIDValue(got[0].Item.UID)}))(t)
		if len(found.Items) != 1 || found.Items[0].ID.ID != stored.ID {
			t.Errorf("search for %q finds %+v", got[0].Item.UID, found.Items)
		}
	}
}
