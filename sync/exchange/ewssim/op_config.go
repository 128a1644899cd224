package ewssim

import (
	"context"
	"strings"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// owaOptions is where Outlook on the web keeps the owner's time zone.
const owaOptions = "OWA.UserOptions"

// configFolder reads UserConfigurationName: its folder and its name.
func (c *call) configFolder(n *xmlnode.Node, right store.Right) (*store.Folder, string, error) {
	if n == nil {
		return nil, "", invalid(c.req, "UserConfigurationName is missing")
	}
	if c.schema != vNone && !c.at(v2010) {
		return nil, "", invalid(c.req, "the operation is not known to the requested version")
	}
	name := n.Attr("Name")
	if name == "" {
		return nil, "", invalid(n, "Name is empty")
	}
	f, err := c.folderOf(n.First(), right)
	return f, name, err
}

func configKey(f *store.Folder, name string) string {
	return f.Box().FolderID(f.Serial) + " " + strings.ToLower(name)
}

func getUserConfiguration(_ context.Context, c *call) error {
	n := c.req.Kid("UserConfigurationName")
	want := c.req.KidText("UserConfigurationProperties")
	f, name, err := c.configFolder(n, store.RightRead)
	var soap *faultError
	if asSOAP(err, &soap) {
		return soap
	}
	return c.messages(func() error {
		if err != nil {
			return c.fail(err, nil)
		}
		cfg := c.srv.config(f, name)
		if cfg == nil {
			return c.fail(notFound(), nil)
		}
		c.ok(func() { c.writeConfig(f, name, cfg, want) })
		return nil
	})
}

// config finds a configuration; that of Outlook on the web is always there.
func (s *Server) config(f *store.Folder, name string) *store.Config {
	m := f.Box()
	if cfg := m.Configs[configKey(f, name)]; cfg != nil {
		return cfg
	}
	if name != owaOptions || f.Well != "root" {
		return nil
	}
	w := &xmlnode.Writer{}
	w.Open("t:Dictionary")
	w.Open("t:DictionaryEntry")
	dictObject(w, "t:DictionaryKey", "timezone")
	dictObject(w, "t:DictionaryValue", m.Zone)
	w.Close("t:DictionaryEntry")
	w.Close("t:Dictionary")
	return &store.Config{Dictionary: string(w.Bytes())}
}

func dictObject(w *xmlnode.Writer, elem, s string) {
	w.Open(elem)
	w.Text("t:Type", "String")
	w.Text("t:Value", s)
	w.Close(elem)
}

func (c *call) writeConfig(f *store.Folder, name string, cfg *store.Config, want string) {
	all := want == "All"
	w, m := c.w, f.Box()
	w.Open("m:UserConfiguration")
	w.Open("t:UserConfigurationName", "Name", name)
	if f.Well != "" {
		w.Empty("t:DistinguishedFolderId", "Id", f.Well)
	} else {
		w.Empty("t:FolderId", "Id", m.FolderID(f.Serial))
	}
	w.Close("t:UserConfigurationName")
	if all || want == "Id" {
		w.Empty("t:ItemId", "Id", m.ItemID(cfg.Serial), "ChangeKey", store.ChangeKey(m.GUID, false, cfg.CN))
	}
	if (all || want == "Dictionary") && cfg.Dictionary != "" {
		w.Raw(cfg.Dictionary)
	}
	if (all || want == "XmlData") && cfg.XMLData != "" {
		w.Text("t:XmlData", cfg.XMLData)
	}
	if (all || want == "BinaryData") && cfg.BinaryData != "" {
		w.Text("t:BinaryData", cfg.BinaryData)
	}
	w.Close("m:UserConfiguration")
}

// fillConfig takes what the request brings and keeps what it does not name.
func fillConfig(cfg *store.Config, n *xmlnode.Node) {
	if d := n.Kid("Dictionary"); d != nil {
		w := &xmlnode.Writer{}
		w.Node(d)
		cfg.Dictionary = string(w.Bytes())
	}
	if x := n.Kid("XmlData"); x != nil {
		cfg.XMLData = x.Text
	}
	if b := n.Kid("BinaryData"); b != nil {
		cfg.BinaryData = b.Text
	}
}

func createUserConfiguration(_ context.Context, c *call) error {
	return c.storeConfig(func(f *store.Folder, key, _ string) (*store.Config, error) {
		if f.Box().Configs[key] != nil {
			return nil, problemf("ErrorItemSave", "The user configuration exists already.")
		}
		cfg := &store.Config{}
		f.Box().Configs[key] = cfg
		return cfg, nil
	})
}

func updateUserConfiguration(_ context.Context, c *call) error {
	return c.storeConfig(func(f *store.Folder, key, name string) (*store.Config, error) {
		cfg := f.Box().Configs[key]
		if cfg == nil {
			if cfg = c.srv.config(f, name); cfg == nil {
				return nil, notFound()
			}
			f.Box().Configs[key] = cfg
		}
		return cfg, nil
	})
}

func (c *call) storeConfig(pick func(f *store.Folder, key, name string) (*store.Config, error)) error {
	n := c.req.Kid("UserConfiguration")
	f, name, err := c.configFolder(n.Kid("UserConfigurationName"), store.RightEdit)
	var soap *faultError
	if asSOAP(err, &soap) {
		return soap
	}
	return c.messages(func() error {
		if err != nil {
			return c.fail(err, nil)
		}
		cfg, err := pick(f, configKey(f, name), name)
		if err != nil {
			return c.fail(err, nil)
		}
		fillConfig(cfg, n)
		cfg.CN++
		c.srv.wrote(c.op, f.Box())
		c.ok(nil)
		return nil
	})
}

func deleteUserConfiguration(_ context.Context, c *call) error {
	f, name, err := c.configFolder(c.req.Kid("UserConfigurationName"), store.RightEdit)
	var soap *faultError
	if asSOAP(err, &soap) {
		return soap
	}
	return c.messages(func() error {
		if err == nil && f.Box().Configs[configKey(f, name)] == nil {
			err = notFound()
		}
		if err != nil {
			return c.fail(err, nil)
		}
		delete(f.Box().Configs, configKey(f, name))
		c.srv.wrote(c.op, f.Box())
		c.ok(nil)
		return nil
	})
}
