package autodiscover

import (
	"strings"
	"testing"
)

// FuzzRead: whatever a server answers, nothing breaks and only https comes out of it.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`<Autodiscover><Response><Account><Action>settings</Action><Protocol><Type>EXPR</Type><EwsUrl>https://m/EWS</EwsUrl></Protocol></Account></Response></Autodiscover>`))
	f.Add([]byte(`<Autodiscover><Response><Error><ErrorCode>600</ErrorCode></Error></Response></Autodiscover>`))
	f.Add([]byte(`<s:Envelope xmlns:s="s"><s:Body><GetUserSettingsResponseMessage><Response><UserResponses><UserResponse><ErrorCode>NoError</ErrorCode>` +
		`<UserSettings><UserSetting><Name>ExternalEwsUrl</Name><Value>http://m/EWS</Value></UserSetting></UserSettings></UserResponse></UserResponses></Response>` +
		`</GetUserSettingsResponseMessage></s:Body></s:Envelope>`))
	f.Add([]byte(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Autodiscover>&b;</Autodiscover>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, ok := read(body)
		if !ok {
			return
		}
		s := server(a.settings)
		for _, u := range []string{s.EWS, s.InternalEWS, s.OAB} {
			if u != "" && !strings.HasPrefix(strings.ToLower(u), "https://") {
				t.Errorf("%q comes out", u)
			}
		}
	})
}
