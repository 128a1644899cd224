package exchange_test

import (
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/endpoint/endpointtest"
)

func TestEndpoint_HoldsSeriesAsEveryEndpointDoes(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	endpointtest.RunSeries(t, endpointtest.Options{
		New: func(t testing.TB) (endpoint.Endpoint, endpointtest.Hands) {
			r := newRig(t, rigOptions{})
			return r.conn.Endpoint(anna, "Europe/Helsinki"), hands{r: r, loc: loc, zone: "FLE Standard Time"}
		},
		Now: startOfTests,
	})
}
