package exchange_test

import (
	"testing"

	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
)

func TestEndpoint_Conforms(t *testing.T) {
	small := ewssim.Switches{SyncCap: 4}
	for _, g := range []ewssim.Generation{ewssim.Exchange2007SP1, ewssim.Exchange2010SP2, ewssim.Exchange2013SP1, ewssim.Exchange2016} {
		for _, access := range []ews.Access{ews.AccessPrimary, ews.AccessDelegate} {
			if testing.Short() && g != ewssim.Exchange2016 {
				continue
			}
			t.Run(g.String()+" "+access.String(), func(t *testing.T) {
				t.Parallel()
				suite(t, rigOptions{sim: ewssim.Options{Version: g, Switches: small}, access: access})
			})
		}
	}
}

// What the documentation leaves open, and what differs between servers in the
// field, changes nothing.
func TestEndpoint_ConformsInEverySetting(t *testing.T) {
	for name, s := range map[string]ewssim.Switches{
		"offsets":            {OffsetTimes: true, FullZones: true},
		"html bodies":        {HTMLBodies: true},
		"busy inside":        {BusyInside: true, DeniedAsNotFound: true},
		"raw controls":       {RawControls: true, MasterIsRecurring: true},
		"stamps travel":      {KeepStampOnInvite: true, PageCap: 1},
		"one entry a page":   {MessagesNotification: true, SyncCap: 1},
		"delegate may trash": {DelegateMayTrash: true},
	} {
		if testing.Short() && name != "one entry a page" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s.SyncCap == 0 {
				s.SyncCap = 4
			}
			o := rigOptions{sim: ewssim.Options{Switches: s}}
			if s.DelegateMayTrash {
				o.access = ews.AccessDelegate
			}
			suite(t, o)
		})
	}
}
