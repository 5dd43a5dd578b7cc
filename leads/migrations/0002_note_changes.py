from django.db import migrations

# See leads.totals. A statement that changes what a filter of the lead list looks at leaves its
# transaction's number; what sending writes (last_emailed_at, updated_at) is not among it.
NOTE_CHANGES = """
CREATE TABLE leads_change (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX leads_change_xid ON leads_change (xid);
-- Forgetting old ones (leads.totals.forget_old_changes).
CREATE INDEX leads_change_made_at ON leads_change (made_at);

CREATE FUNCTION leads_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO leads_change DEFAULT VALUES;
    RETURN NULL;
END $$;

CREATE TRIGGER note_change AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF
    email, first_name, last_name, title, company, city, country, url, domain, status, list_name,
    source, tier, stage, score, tags, vars, image_key, deleted_at
ON leads_lead FOR EACH STATEMENT EXECUTE FUNCTION leads_note_change();

-- The filter has_image asks which pictures are there.
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF key
ON leads_imageasset FOR EACH STATEMENT EXECUTE FUNCTION leads_note_change();
"""

FORGET_CHANGES = """
DROP TRIGGER note_change ON leads_imageasset;
DROP TRIGGER note_change ON leads_lead;
DROP FUNCTION leads_note_change();
DROP TABLE leads_change;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(NOTE_CHANGES, FORGET_CHANGES),
    ]
