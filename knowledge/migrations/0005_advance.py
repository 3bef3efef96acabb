"""The store's generation: every committed write to what searches read advances it, whoever writes.

Triggers see to it, so that no writer can forget. An advance is a row of its own and the generation their sum, so that
writers never wait for one another; now and then a writer folds the rows that it sees into one. Steps are random: a
store that is restored from a backup does not come by the same numbers again.
"""

from django.db import migrations, models

ADVANCE = """
CREATE FUNCTION knowledge_advance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE made bigint;
BEGIN
    INSERT INTO knowledge_advance (step) VALUES (1 + floor(random() * 2147483647)::bigint) RETURNING id INTO made;
    IF made % 64 = 0 THEN
        WITH folded AS (
            DELETE FROM knowledge_advance
            WHERE id IN (SELECT id FROM knowledge_advance FOR UPDATE SKIP LOCKED) RETURNING step
        )
        INSERT INTO knowledge_advance (step) SELECT sum(step) FROM folded HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER advance AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON knowledge_document
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_advance();

CREATE TRIGGER advance AFTER INSERT OR UPDATE OF vector OR DELETE OR TRUNCATE ON knowledge_passage
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_advance();

CREATE TRIGGER advance AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON knowledge_wording
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_advance();

INSERT INTO knowledge_advance (step) VALUES (1 + floor(random() * 2147483647)::bigint);
"""

BACK = """
DROP TRIGGER advance ON knowledge_document;
DROP TRIGGER advance ON knowledge_passage;
DROP TRIGGER advance ON knowledge_wording;
DROP FUNCTION knowledge_advance;
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0004_change_of_model")]

    operations = [
        migrations.CreateModel(
            name="Advance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(ADVANCE, BACK),
    ]
