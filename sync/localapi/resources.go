package localapi

import (
	"context"
	"net/http"
)

// Codes of what keeps a resource from being paired.
const (
	CodeNoResource Code = "no_resource" // no activity shows it
	CodeNoMailbox  Code = "no_mailbox"  // no mailbox has that address
	CodeTaken      Code = "taken"       // the mailbox is somebody's, or another resource's
	CodeCollects   Code = "collects"    // nothing may be written to Exchange
	CodeNotPaired  Code = "not_paired"  // it has no mailbox
)

// Resource is a room, a car or another thing that takes part in activities of
// the business system, which lists none: what is known is what activities show.
type Resource struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Entries counts the activities and series in which it was seen.
	Entries int `json:"entries"`
	// Address is the mailbox that it is paired with; empty: none.
	Address string `json:"address,omitempty"`
	// Enabled: its entries are written there.
	Enabled bool `json:"enabled,omitempty"`
	// Paired is set while the pairing is remembered, switched on or not.
	Paired bool `json:"paired,omitempty"`
	// Leaving: its copies are being taken out of the mailbox.
	Leaving bool `json:"leaving,omitempty"`
}

// PairResourceRequest pairs a resource, by its id or its name, with a mailbox.
type PairResourceRequest struct {
	Resource string `json:"resource"`
	Address  string `json:"address"`
	By       string `json:"by,omitempty"`
}

// UnpairResourceRequest ends the pairing of a resource, which is named by its
// id, its name or its mailbox. Pairing it again takes up what is there.
type UnpairResourceRequest struct {
	Resource string `json:"resource"`
	// Copies: what was written into the mailbox is taken out of it again.
	Copies bool   `json:"copies,omitempty"`
	By     string `json:"by,omitempty"`
}

// UnpairResource ends the pairing of a resource with its mailbox.
func (c *Client) UnpairResource(ctx context.Context, q UnpairResourceRequest) (Person, error) {
	return call[Person](ctx, c, http.MethodPost, "/v1/resources/unpair", q)
}

// Resources lists the rooms, cars and other things that take part in activities.
func (c *Client) Resources(ctx context.Context) ([]Resource, error) {
	return call[[]Resource](ctx, c, http.MethodGet, "/v1/resources", nil)
}

// PairResource gives one the mailbox that shows when it is taken.
func (c *Client) PairResource(ctx context.Context, q PairResourceRequest) (Person, error) {
	return call[Person](ctx, c, http.MethodPost, "/v1/resources", q)
}
