BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE api_tokens (
	id VARCHAR(32) NOT NULL, 
	user_id VARCHAR(32) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	name TEXT NOT NULL, 
	prefix VARCHAR(16) NOT NULL, 
	scopes JSON NOT NULL, 
	default_role VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME, 
	last_used_at DATETIME, 
	CONSTRAINT pk_api_tokens PRIMARY KEY (id), 
	CONSTRAINT fk_api_tokens_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_api_tokens_fingerprint UNIQUE (fingerprint), 
	CONSTRAINT ck_api_tokens_default_role CHECK (default_role IN ('admin', 'operator', 'viewer'))
);
INSERT INTO "api_tokens" VALUES('01a1f9597c107714b852367f6ee5c852','01a1f959762d72aa9ec1366c73b3e81f','8152a79ac2f6d6b298decd337cc14452cf73f6c37c6f5e995f02eb2398ba98e5','console','odin_uB5c','["control:printers", "gcode:printers", "manage:own-account", "manage:printers", "manage:system", "manage:users", "read:audit", "read:cameras", "read:printers", "read:system", "read:tasks", "stop:printers"]','operator','2026-11-20 14:25:53.680124',NULL,'2026-11-20 14:31:56.310981');
INSERT INTO "api_tokens" VALUES('01a1f9597dea75d6b1326de04f496777','01a1f9597a3377e68315e1d7934362fe','909d5917961691835dd3e55012a00b094092c2b8f66b9ff6fb62db070b922818','grafana','odin_xRZ2','["read:printers"]','operator','2026-11-20 14:25:54.154673',NULL,NULL);
INSERT INTO "api_tokens" VALUES('01a1f9597fd877db8cf847516059b91a','01a1f959785b779abc9da69f968a4446','5270d8202ca6ae7441f267e1796efdd202497846de135a7204593ef737de6559','yearly','odin_n6Fa','["control:printers", "read:printers"]','operator','2026-11-20 14:25:54.648616','2036-11-17 14:25:54.648594',NULL);
INSERT INTO "api_tokens" VALUES('01a1f9598cdb723a9889f970f13ffbaa','01a1f959762d72aa9ec1366c73b3e81f','aa3d8c64ca8063520e9d77effa332e95544655e37539ff024cf970cdbfe7fa6c','made over the API','odin_nIse','["read:printers"]','operator','2026-11-20 14:25:57.979567',NULL,NULL);
CREATE TABLE audit_entries (
	id VARCHAR(32) NOT NULL, 
	at DATETIME NOT NULL, 
	user_id VARCHAR(32), 
	user_name TEXT NOT NULL, 
	token_id VARCHAR(32), 
	on_behalf_of TEXT, 
	address TEXT NOT NULL, 
	method VARCHAR(16) NOT NULL, 
	route TEXT NOT NULL, 
	action TEXT NOT NULL, 
	status INTEGER NOT NULL, 
	targets JSON NOT NULL, 
	details JSON NOT NULL, 
	CONSTRAINT pk_audit_entries PRIMARY KEY (id)
);
INSERT INTO "audit_entries" VALUES('01a1f9598ca6762590dd6c2c3567db0d','2026-11-20 14:25:57.926392','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','POST','/api/v1/printers','add_printer',201,'{}','{"printer_id": "01a1f9598ca0745a9a5dcaa1c36c3f31", "name": "Ada", "host": "127.0.0.1"}');
INSERT INTO "audit_entries" VALUES('01a1f9598cb077d49cfc7ab357fbfb60','2026-11-20 14:25:57.936385','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','POST','/api/v1/printers','add_printer',201,'{}','{"printer_id": "01a1f9598ca970c1a917c8ed91a663b6", "name": "Brunel", "host": "127.0.0.1"}');
INSERT INTO "audit_entries" VALUES('01a1f9598cb7718baba55775362b4c93','2026-11-20 14:25:57.943743','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','POST','/api/v1/printers','add_printer',201,'{}','{"printer_id": "01a1f9598cb2750bb10e0ac8fa35c73f", "name": "Curie", "host": "127.0.0.1"}');
INSERT INTO "audit_entries" VALUES('01a1f9598ccd76f98eee715827663c28','2026-11-20 14:25:57.965473','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','POST','/api/v1/printers/{printer_id}/nozzles','install_nozzle',201,'{"printer_id": "01a1f9598ca0745a9a5dcaa1c36c3f31"}','{"head": 0, "diameter_mm": 0.4}');
INSERT INTO "audit_entries" VALUES('01a1f9598cd57746b8664304ce003347','2026-11-20 14:25:57.973399','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','POST','/api/v1/printers/{printer_id}/nozzles','install_nozzle',201,'{"printer_id": "01a1f9598ca970c1a917c8ed91a663b6"}','{"head": 0, "diameter_mm": 0.6}');
INSERT INTO "audit_entries" VALUES('01a1f9598cda739f84bd2f9f269f12dd','2026-11-20 14:25:57.978365','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','PATCH','/api/v1/settings','change_settings',200,'{}','{}');
INSERT INTO "audit_entries" VALUES('01a1f9598cde762fbdce8d445698208a','2026-11-20 14:25:57.982995','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','POST','/api/v1/tokens','create_token',201,'{}','{"new_token_id": "01a1f9598cdb723a9889f970f13ffbaa", "name": "made over the API", "scopes": "read:printers"}');
INSERT INTO "audit_entries" VALUES('01a1f9598d0677fd9a2da914395df9cd','2026-11-20 14:25:58.022792','01a1f959785b779abc9da69f968a4446','olga',NULL,NULL,'127.0.0.1','POST','/api/v1/auth/login','log_in',200,'{}','{}');
INSERT INTO "audit_entries" VALUES('01a1f9598d2673e997391db8a011ead9','2026-11-20 14:25:58.054376',NULL,'',NULL,NULL,'127.0.0.1','POST','/api/v1/auth/login','log_in',401,'{}','{"name": "olga"}');
INSERT INTO "audit_entries" VALUES('01a1f959db537591b529b25aeafb4886','2026-11-20 14:26:18.067265','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','PUT','/api/v1/printers/{printer_id}/files/{name}','upload_file',202,'{"printer_id": "01a1f9598cb2750bb10e0ac8fa35c73f", "name": "part.gcode.3mf"}','{"task_id": "01a1f959db4f74648728595d0edd340a"}');
INSERT INTO "audit_entries" VALUES('01a1f959fa9e720288614748e9e40f6e','2026-11-20 14:26:26.078162','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','POST','/api/v1/printers/{printer_id}/resume','resume',204,'{"printer_id": "01a1f9598ca0745a9a5dcaa1c36c3f31"}','{}');
INSERT INTO "audit_entries" VALUES('01a1f959faa072f5bf39135ceed85162','2026-11-20 14:26:26.080662','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','POST','/api/v1/printers/{printer_id}/plate-occupied','occupy_plate',200,'{"printer_id": "01a1f9598cb2750bb10e0ac8fa35c73f"}','{}');
INSERT INTO "audit_entries" VALUES('01a1f959faa471c696e754315e9fc2fc','2026-11-20 14:26:26.084593','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','POST','/api/v1/printers/{printer_id}/maintenance','set_maintenance',200,'{"printer_id": "01a1f9598cb2750bb10e0ac8fa35c73f"}','{"is_on": true}');
INSERT INTO "audit_entries" VALUES('01a1f959faa8777384d4339015be1554','2026-11-20 14:26:26.088123','01a1f959762d72aa9ec1366c73b3e81f','admin','01a1f9597c107714b852367f6ee5c852',NULL,'127.0.0.1','PATCH','/api/v1/printers/{printer_id}','change_printer',200,'{"printer_id": "01a1f9598cb2750bb10e0ac8fa35c73f"}','{"changed": "is_enabled"}');
CREATE TABLE ha_users (
	id VARCHAR(64) NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_ha_users PRIMARY KEY (id), 
	CONSTRAINT ck_ha_users_role CHECK (role IN ('admin', 'operator', 'viewer'))
);
CREATE TABLE idempotency (
	caller VARCHAR(200) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	claimed_at DATETIME NOT NULL, 
	sealed_answer TEXT, 
	CONSTRAINT pk_idempotency PRIMARY KEY (caller, "key")
);
CREATE TABLE outbox (
	id VARCHAR(32) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	kind VARCHAR(200) NOT NULL, 
	payload JSON NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	attempts INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	due_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	last_error TEXT, 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT ck_outbox_attempts CHECK (attempts >= 0), 
	CONSTRAINT uq_outbox_key UNIQUE ("key"), 
	CONSTRAINT ck_outbox_state CHECK (state IN ('waiting', 'delivered', 'failed'))
);
CREATE TABLE print_runs (
	id VARCHAR(32) NOT NULL, 
	printer_id VARCHAR(32) NOT NULL, 
	printer_name TEXT NOT NULL, 
	started_at DATETIME NOT NULL, 
	was_seen_starting BOOLEAN NOT NULL, 
	name TEXT, 
	file TEXT, 
	plate INTEGER, 
	token INTEGER, 
	external_id TEXT, 
	source TEXT, 
	ended_at DATETIME, 
	result VARCHAR(40), 
	progress_pct INTEGER, 
	layer INTEGER, 
	total_layers INTEGER, 
	printing_s FLOAT NOT NULL, 
	CONSTRAINT pk_print_runs PRIMARY KEY (id), 
	CONSTRAINT ck_print_runs_ended CHECK ((ended_at IS NULL) = (result IS NULL)), 
	CONSTRAINT ck_print_runs_result CHECK (result IN ('finished', 'failed', 'cancelled', 'unknown'))
);
INSERT INTO "print_runs" VALUES('01a1f9598cc5740db5fa1e4b687653df','01a1f9598ca0745a9a5dcaa1c36c3f31','Ada','2026-11-20 14:25:51.000000',0,'Bracket','/data/Metadata/plate_1.gcode',1,700000001,'700000001','local','2026-11-20 14:26:44.951465','finished',100,120,120,39.040269058998092);
INSERT INTO "print_runs" VALUES('01a1f9598cd0748eb531cee009b50897','01a1f9598ca970c1a917c8ed91a663b6','Brunel','2026-11-20 14:25:51.000000',0,'Long vase','Long vase.3mf',NULL,700000001,'700000001','local',NULL,NULL,21,190,900,358.17474550800034);
INSERT INTO "print_runs" VALUES('01a1f95a7f20755abfaac70d8709bee7','01a1f9598ca0745a9a5dcaa1c36c3f31','Ada','2026-11-20 14:26:59.998540',1,'Bracket','/data/Metadata/plate_1.gcode',1,700000002,'700000002','local','2026-11-20 14:27:44.551934','finished',100,120,120,44.012029153000185);
INSERT INTO "print_runs" VALUES('01a1f95b6803719c830a7cf59a595097','01a1f9598ca0745a9a5dcaa1c36c3f31','Ada','2026-11-20 14:27:59.604421',1,'Bracket','/data/Metadata/plate_1.gcode',1,700000003,'700000003','local','2026-11-20 14:28:44.150672','finished',100,120,120,45.026557511999272);
INSERT INTO "print_runs" VALUES('01a1f95c50bc7517873a15d417936c6f','01a1f9598ca0745a9a5dcaa1c36c3f31','Ada','2026-11-20 14:28:59.195103',1,'Bracket','/data/Metadata/plate_1.gcode',1,700000004,'700000004','local','2026-11-20 14:29:43.746587','finished',100,120,120,44.021038606002549);
INSERT INTO "print_runs" VALUES('01a1f95d39857424999ada32b46304a5','01a1f9598ca0745a9a5dcaa1c36c3f31','Ada','2026-11-20 14:29:58.787754',1,'Bracket','/data/Metadata/plate_1.gcode',1,700000005,'700000005','local','2026-11-20 14:30:43.347947','finished',100,120,120,44.016805143000966);
INSERT INTO "print_runs" VALUES('01a1f95e2255728688323b0aec685ea9','01a1f9598ca0745a9a5dcaa1c36c3f31','Ada','2026-11-20 14:30:58.388447',1,'Bracket','/data/Metadata/plate_1.gcode',1,700000006,'700000006','local','2026-11-20 14:31:42.926865','finished',100,120,120,44.014220437002223);
CREATE TABLE printer_climate (
	printer_id VARCHAR(32) NOT NULL, 
	unit INTEGER NOT NULL, 
	minute INTEGER NOT NULL, 
	temperature_c FLOAT, 
	humidity_pct INTEGER, 
	humidity_level INTEGER, 
	CONSTRAINT pk_printer_climate PRIMARY KEY (printer_id, unit, minute)
);
INSERT INTO "printer_climate" VALUES('01a1f9598ca0745a9a5dcaa1c36c3f31',0,29919750,25.0,19,4);
INSERT INTO "printer_climate" VALUES('01a1f9598ca970c1a917c8ed91a663b6',0,29919750,25.0,27,3);
CREATE TABLE printer_faults (
	id VARCHAR(32) NOT NULL, 
	printer_id VARCHAR(32) NOT NULL, 
	printer_name TEXT NOT NULL, 
	code TEXT NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	severity VARCHAR(40) NOT NULL, 
	text TEXT NOT NULL, 
	raised_at DATETIME NOT NULL, 
	cleared_at DATETIME, 
	module TEXT, 
	unit INTEGER, 
	slot INTEGER, 
	help_url TEXT, 
	CONSTRAINT pk_printer_faults PRIMARY KEY (id), 
	CONSTRAINT ck_printer_faults_kind CHECK (kind IN ('health', 'print')), 
	CONSTRAINT ck_printer_faults_severity CHECK (severity IN ('fatal', 'serious', 'common', 'info'))
);
INSERT INTO "printer_faults" VALUES('01a1f959db6572f9a203e5909d99980f','01a1f9598ca0745a9a5dcaa1c36c3f31','Ada','0300_8003','print','common','Motion: it looks like spaghetti. Look at the print and decide.','2026-11-20 14:26:18.081873','2026-11-20 14:26:26.386456','motion_controller',NULL,NULL,'https://wiki.bambulab.com/en/hms/home');
CREATE TABLE printer_nozzles (
	id VARCHAR(32) NOT NULL, 
	printer_id VARCHAR(32) NOT NULL, 
	printer_name TEXT NOT NULL, 
	head INTEGER NOT NULL, 
	diameter_mm FLOAT NOT NULL, 
	material TEXT, 
	note TEXT NOT NULL, 
	installed_at DATETIME NOT NULL, 
	retired_at DATETIME, 
	printing_s FLOAT NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_printer_nozzles PRIMARY KEY (id)
);
INSERT INTO "printer_nozzles" VALUES('01a1f9598cbe74e1beea7d23eaf9dd24','01a1f9598ca0745a9a5dcaa1c36c3f31','Ada',0,0.4,NULL,'','2026-11-20 14:25:57.950031',NULL,260.13091991000329,1);
INSERT INTO "printer_nozzles" VALUES('01a1f9598cce752aa65e7b40491405df','01a1f9598ca970c1a917c8ed91a663b6','Brunel',0,0.6,NULL,'','2026-11-20 14:25:57.966967',NULL,358.17474550800034,1);
CREATE TABLE printer_samples (
	printer_id VARCHAR(32) NOT NULL, 
	minute INTEGER NOT NULL, 
	nozzle_0_c FLOAT, 
	nozzle_0_target_c FLOAT, 
	nozzle_1_c FLOAT, 
	nozzle_1_target_c FLOAT, 
	bed_c FLOAT, 
	bed_target_c FLOAT, 
	chamber_c FLOAT, 
	chamber_target_c FLOAT, 
	part_fan_pct INTEGER, 
	aux_fan_pct INTEGER, 
	chamber_fan_pct INTEGER, 
	progress_pct INTEGER, 
	layer INTEGER, 
	CONSTRAINT pk_printer_samples PRIMARY KEY (printer_id, minute)
);
INSERT INTO "printer_samples" VALUES('01a1f9598ca970c1a917c8ed91a663b6',29919746,255.0,255.0,NULL,NULL,70.0625,70.0,NULL,NULL,27,20,0,20,182);
INSERT INTO "printer_samples" VALUES('01a1f9598ca970c1a917c8ed91a663b6',29919747,255.03125,255.0,NULL,NULL,69.96875,70.0,NULL,NULL,27,20,0,20,184);
INSERT INTO "printer_samples" VALUES('01a1f9598ca970c1a917c8ed91a663b6',29919748,255.0,255.0,NULL,NULL,70.0625,70.0,NULL,NULL,27,20,0,20,185);
INSERT INTO "printer_samples" VALUES('01a1f9598ca970c1a917c8ed91a663b6',29919749,255.0,255.0,NULL,NULL,69.9375,70.0,NULL,NULL,27,20,0,20,187);
INSERT INTO "printer_samples" VALUES('01a1f9598ca970c1a917c8ed91a663b6',29919750,255.0,255.0,NULL,NULL,70.03125,70.0,NULL,NULL,27,20,0,20,188);
INSERT INTO "printer_samples" VALUES('01a1f9598ca970c1a917c8ed91a663b6',29919751,254.96875,255.0,NULL,NULL,70.0625,70.0,NULL,NULL,27,20,0,21,190);
CREATE TABLE printer_uploads (
	printer_id VARCHAR(32) NOT NULL, 
	name TEXT NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	uploaded_at DATETIME NOT NULL, 
	CONSTRAINT pk_printer_uploads PRIMARY KEY (printer_id, name)
);
INSERT INTO "printer_uploads" VALUES('01a1f9598cb2750bb10e0ac8fa35c73f','part.gcode.3mf',20002,'2026-11-20 14:26:19.094331');
CREATE TABLE printers (
	id VARCHAR(32) NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	family VARCHAR(32) NOT NULL, 
	host TEXT NOT NULL, 
	serial TEXT, 
	ports JSON NOT NULL, 
	pin_sha256 VARCHAR(64), 
	secret TEXT, 
	camera_url TEXT, 
	tags JSON NOT NULL, 
	position INTEGER NOT NULL, 
	is_enabled BOOLEAN NOT NULL, 
	is_observe_only BOOLEAN NOT NULL, 
	is_in_maintenance BOOLEAN NOT NULL, 
	maintenance_note TEXT NOT NULL, 
	is_plate_gated BOOLEAN NOT NULL, 
	plate_state VARCHAR(40) NOT NULL, 
	plate_since DATETIME, 
	plate_run_id VARCHAR(32), 
	notes TEXT NOT NULL, 
	heater_off_min INTEGER, 
	version INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_printers PRIMARY KEY (id), 
	CONSTRAINT uq_printers_name_key UNIQUE (name_key), 
	CONSTRAINT ck_printers_plate_state CHECK (plate_state IN ('clear', 'occupied'))
);
INSERT INTO "printers" VALUES('01a1f9598ca0745a9a5dcaa1c36c3f31','Ada','ada','bambu','127.0.0.1','00M09A2B1100000','{"mqtt": 21000, "ftps": 21001, "detect": 21003}','9fb4a22b2b5c92081d323921968b3794e8e6966efb7475f4aea55841379d6d2a','gAAAAABrAFh1xFqCrPzGB7cJmE0lLmJS-SeOn4bA9rasON6NMBXaFtwjm8Juvo0oIdYFrYN621bjkwNHKGKAGQmW742GAuRNBg==',NULL,'["window", "pla"]',0,1,0,0,'',1,'occupied','2026-11-20 14:31:42.926865','01a1f95e2255728688323b0aec685ea9','beside the window',NULL,1,'2026-11-20 14:25:57.920857');
INSERT INTO "printers" VALUES('01a1f9598ca970c1a917c8ed91a663b6','Brunel','brunel','bambu','127.0.0.1','01P09A2B1100001','{"mqtt": 21005, "ftps": 21006, "detect": 21008, "camera": 21007}','92b3556ee6e0403f43abf77d2fdcd33926d74c4948b31534339e5495e8a568aa','gAAAAABrAFh1pqehr28iwYF7XAW4q5GHXBUx6rYyyPa00AvlHvfC5p8oPr0wWh6EToeS-x-hXEa72vQY04oxWWdRmBpgtFNeYg==',NULL,'[]',1,1,0,0,'',1,'clear',NULL,NULL,'',NULL,1,'2026-11-20 14:25:57.929613');
INSERT INTO "printers" VALUES('01a1f9598cb2750bb10e0ac8fa35c73f','Curie','curie','bambu','127.0.0.1','03009A2B1100002','{"mqtt": 21010, "ftps": 21011, "detect": 21013, "camera": 21012}','8c5cec3ff40d06560fda683c6466367969f7a33941568b565624c9127820cd70','gAAAAABrAFh1qjTPM3QY72SikTn1wU82-41fKhoEGOMkPVhOF8jjVrSIVNYRkJW6vbGwOw9lWrC7hdlOGtHEDoR4GNc-L8xpyg==',NULL,'[]',2,0,0,1,'',1,'occupied','2026-11-20 14:26:26.078743',NULL,'',NULL,3,'2026-11-20 14:25:57.938152');
CREATE TABLE sessions (
	id VARCHAR(32) NOT NULL, 
	user_id VARCHAR(32) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	device TEXT NOT NULL, 
	address TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT fk_sessions_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_sessions_fingerprint UNIQUE (fingerprint)
);
INSERT INTO "sessions" VALUES('01a1f9598d0472eea5d724e38ddde09c','01a1f959785b779abc9da69f968a4446','e3081444ebfe78fa5518413ab09a6d0dda60f0fb6e0e168a911dbf473198d94f','Python/3.14 aiohttp/3.14.5','127.0.0.1','2026-11-20 14:25:58.020328','2026-11-20 14:25:58.020328');
CREATE TABLE settings (
	"key" VARCHAR(200) NOT NULL, 
	value JSON NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_settings PRIMARY KEY ("key")
);
INSERT INTO "settings" VALUES('printers.heater_off_after_min',45,'2026-11-20 14:25:57.976988');
CREATE TABLE setup (
	id INTEGER NOT NULL, 
	completed_at DATETIME NOT NULL, 
	CONSTRAINT pk_setup PRIMARY KEY (id), 
	CONSTRAINT ck_setup_only_one CHECK (id = 1)
);
INSERT INTO "setup" VALUES(1,'2026-11-20 14:25:52.173455');
CREATE TABLE tasks (
	id VARCHAR(32) NOT NULL, 
	kind VARCHAR(200) NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	owner VARCHAR(200), 
	state VARCHAR(40) NOT NULL, 
	progress FLOAT NOT NULL, 
	message TEXT, 
	result JSON, 
	error JSON, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	ended_at DATETIME, 
	CONSTRAINT pk_tasks PRIMARY KEY (id), 
	CONSTRAINT ck_tasks_progress CHECK (progress >= 0 AND progress <= 1), 
	CONSTRAINT ck_tasks_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled'))
);
INSERT INTO "tasks" VALUES('01a1f959db4f74648728595d0edd340a','printer_upload','part.gcode.3mf → Curie','01a1f959762d72aa9ec1366c73b3e81f','done',1.0,NULL,'{"printer_id": "01a1f9598cb2750bb10e0ac8fa35c73f", "name": "part.gcode.3mf", "size_bytes": 20002, "sha256": "b97727fd9d30ef2ffd135481e136478533f2579933eb08d8fb15805d9832b9ff"}',NULL,'2026-11-20 14:26:18.063696','2026-11-20 14:26:18.067401','2026-11-20 14:26:19.098527');
CREATE TABLE users (
	id VARCHAR(32) NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	display_name TEXT NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	password_hash TEXT, 
	is_active BOOLEAN NOT NULL, 
	must_change_password BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_login_at DATETIME, 
	failed_logins INTEGER NOT NULL, 
	locked_until DATETIME, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT uq_users_name_key UNIQUE (name_key), 
	CONSTRAINT ck_users_role CHECK (role IN ('admin', 'operator', 'viewer'))
);
INSERT INTO "users" VALUES('01a1f959762d72aa9ec1366c73b3e81f','admin','admin','','admin','$argon2id$v=19$m=19456,t=2,p=1$3ZN3usu1bV8xQPOGbu2v/Q$wxeVzrwOATzcSwh+VWSKzQ3AutZCOwlqWXvukXGRE5o',1,0,'2026-11-20 14:25:52.173455',NULL,0,NULL,1);
INSERT INTO "users" VALUES('01a1f959785b779abc9da69f968a4446','olga','olga','Olga Ops','operator','$argon2id$v=19$m=19456,t=2,p=1$ykDxH52dN5t/6FYxNLEZZQ$U9TLMbxc/NznMbxw55zCjeEsQFXlpQImD6n9+XYj16A',1,0,'2026-11-20 14:25:52.731723','2026-11-20 14:25:58.018101',1,NULL,1);
INSERT INTO "users" VALUES('01a1f9597a3377e68315e1d7934362fe','vera','vera','','viewer','$argon2id$v=19$m=19456,t=2,p=1$PUEl+e0g3Tn3RVobh8j5OQ$Fxqs8sBOw4KXvqOzfa8BOfmN6yy9bIOi7Xv1ivDYbGA',1,0,'2026-11-20 14:25:53.203474',NULL,0,NULL,1);
CREATE INDEX ix_audit_entries_action_id ON audit_entries (action, id);
CREATE INDEX ix_audit_entries_at ON audit_entries (at);
CREATE INDEX ix_audit_entries_user_id_id ON audit_entries (user_id, id);
CREATE INDEX ix_idempotency_claimed_at ON idempotency (claimed_at);
CREATE INDEX ix_outbox_state_due_at ON outbox (state, due_at);
CREATE INDEX ix_print_runs_printer_id_started_at_id ON print_runs (printer_id, started_at, id);
CREATE INDEX ix_print_runs_token ON print_runs (token);
CREATE UNIQUE INDEX uq_print_runs_open ON print_runs (printer_id) WHERE ended_at IS NULL;
CREATE INDEX ix_printer_climate_minute ON printer_climate (minute);
CREATE INDEX ix_printer_faults_cleared_at ON printer_faults (cleared_at);
CREATE INDEX ix_printer_faults_printer_id_raised_at_id ON printer_faults (printer_id, raised_at, id);
CREATE UNIQUE INDEX uq_printer_faults_open ON printer_faults (printer_id, code) WHERE cleared_at IS NULL;
CREATE INDEX ix_printer_nozzles_printer_id_installed_at_id ON printer_nozzles (printer_id, installed_at, id);
CREATE UNIQUE INDEX uq_printer_nozzles_in_use ON printer_nozzles (printer_id, head) WHERE retired_at IS NULL;
CREATE INDEX ix_printer_samples_minute ON printer_samples (minute);
CREATE UNIQUE INDEX ix_printers_family_serial ON printers (family, serial) WHERE serial IS NOT NULL;
CREATE INDEX ix_tasks_created_at ON tasks (created_at);
CREATE INDEX ix_api_tokens_user_id ON api_tokens (user_id);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
COMMIT;
