package wire_test

import (
	"strings"
	"testing"

	"lockstep/sync/localapi"
)

// TestSync_StopsBeforeAnotherCertificateThanTheTrustedOne on either side, and says so.
func TestSync_StopsBeforeAnotherCertificateThanTheTrustedOne(t *testing.T) {
	other := "pin_sha256 = \"" + strings.Repeat("ab", 32) + "\"\n"
	for side, running := range map[string]func(*testing.T, *surgeryOffice){
		"exchange": file(func(o *surgeryOffice) { o.exchangeLines += other }),
		"business": file(func(o *surgeryOffice) { o.severaLines += other }),
	} {
		t.Run(side, func(t *testing.T) {
			var o surgeryOffice
			o.open(t, nil, running)
			_, err := o.site.Agent().Preview(t.Context(), localapi.PreviewRequest{})
			e := localapi.AsError(err)
			if e.Trouble == nil || e.Trouble.Code != localapi.CodeOtherCertificate || e.Trouble.Side != side {
				t.Errorf("%+v", e.Trouble)
			}
			if st := o.exchange.Gate().Stats(); side == "exchange" && st.Anonymous+st.Challenges > 0 {
				t.Errorf("something was sent: %+v", st)
			}
		})
	}
}
