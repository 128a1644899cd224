package ews

import "context"

const opGetServerTimeZones = "GetServerTimeZones"

// ServerTimeZone is a zone that the server knows.
type ServerTimeZone struct {
	ID   string // Windows id
	Name string // display name in the server's language
}

// GetServerTimeZones lists the zones that the server accepts: all, or those of the given ids. Exchange 2010 and newer.
func (m *Mailbox) GetServerTimeZones(ctx context.Context, ids ...string) ([]ServerTimeZone, error) {
	a, err := m.call(ctx, operation{
		name: opGetServerTimeZones, inputs: 1, needs: FeatureServerTimeZones, hasNeeds: true,
		body: func(e *encoder) {
			e.open("m:GetServerTimeZones", "ReturnFullTimeZoneData", "false")
			if len(ids) > 0 {
				e.open("m:Ids")
				for _, id := range ids {
					e.text("t:Id", id)
				}
				e.close("m:Ids")
			}
			e.close("m:GetServerTimeZones")
		},
	})
	if err != nil {
		return nil, err
	}
	if a.messages[0].err != nil {
		return nil, a.messages[0].err
	}
	var out []ServerTimeZone
	list := a.messages[0].node.child("TimeZoneDefinitions").all()
	for i := range list {
		out = append(out, ServerTimeZone{ID: list[i].attr("Id"), Name: list[i].attr("Name")})
	}
	return out, nil
}
