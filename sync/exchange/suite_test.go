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
			t.Run(g.String()+" "+access.String(), func(t *testing.T) {
				suite(t, rigOptions{sim: ewssim.Options{Version: g, Switches: small}, access: access})
			})
		}
	}
}
